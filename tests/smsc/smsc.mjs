// A gateway that speaks SMPP, by the library that others build theirs with, and that behaves as a test wants it.
//
// node smsc.mjs [--port N] [--key FILE --cert FILE] [--forgetful]: says {"smpp":PORT,"control":PORT} on a line of its own, and ends with its
// standard input. Told what to do over HTTP on 127.0.0.1: POST /manners (any of those below), GET /seen, POST /release,
// POST /deliver, POST /raw, POST /unbind, POST /drop, POST /enquire.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import smpp from 'smpp';

const option = (name) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? undefined : process.argv[at + 1];
};

const manners = {
    // How a message is answered: normal, never, hold (until /release), empty (a status without a body).
    answer: 'normal',
    delay_ms: 0,
    // Statuses of the next messages, one after the other; then 0.
    statuses: [],
    // Messages a second at most; those beyond are throttled.
    per_second: 0,
    // After so many unanswered messages the line breaks.
    drop_after: 0,
    bind_status: 0,
    // Says nothing to a login.
    bind_silent: false,
    // none, after, before (its answer), twice.
    receipts: 'none',
    state: 'DELIVRD',
    // How ids are written in answers, and in receipts: plain, hex, upper, padded.
    id_form: 'plain',
    receipt_form: 'plain',
    enquire_silent: false,
    // Keeps what came for /seen.
    remembers: !process.argv.includes('--forgetful'),
};
const seen = { binds: [], submits: [], responses: [], enquiries: 0, unbinds: 0, unbind_responses: 0, nacks: [], lines: 0 };
const sessions = new Set();
let held = [];
let next = 0;
let second = { at: 0, count: 0 };

const FORMS = {
    plain: (id) => `${id}`,
    hex: (id) => id.toString(16),
    upper: (id) => id.toString(16).toUpperCase(),
    padded: (id) => `${id}`.padStart(10, '0'),
};

function throttled() {
    if (!manners.per_second) return false;
    const at = Math.floor(Date.now() / 1000);
    if (second.at !== at) second = { at, count: 0 };
    second.count += 1;
    return second.count > manners.per_second;
}

function receipt(id) {
    const text = `id:${FORMS[manners.receipt_form](id)} sub:001 dlvrd:001 submit date:2603091200 done date:2603091201 stat:${manners.state} err:000 text:`;
    return { source_addr: '447700900000', destination_addr: '12345', esm_class: 4, short_message: Buffer.from(text, 'latin1') };
}

// Deliveries go to a session that takes them: the one that sent where it does, else any.
function deliver(from, pdu, done) {
    const takes = (session) => session.bound && session.bound !== 'bind_transmitter';
    const session = takes(from ?? {}) ? from : [...sessions].find(takes);
    if (!session) return false;
    session.deliver_sm(pdu, (response) => {
        if (manners.remembers) seen.responses.push({ command: response.command, status: response.command_status });
        done?.(response);
    });
    return true;
}

function answer(session, pdu) {
    const id = 1000000 + next++;
    const status = throttled() ? smpp.ESME_RTHROTTLED : (manners.statuses.shift() ?? 0);
    if (manners.remembers) {
        const message = pdu.short_message ?? {};
        seen.submits.push({
            sequence: pdu.sequence_number, id: FORMS[manners.id_form](id), status, at_ms: Date.now(),
            from: pdu.source_addr, source: [pdu.source_addr_ton, pdu.source_addr_npi],
            to: pdu.destination_addr, destination: [pdu.dest_addr_ton, pdu.dest_addr_npi],
            text: message.message, udh: message.udh ? [...message.udh].map((part) => [...part]) : null,
            payload: pdu.message_payload?.message ?? null, coding: pdu.data_coding, esm_class: pdu.esm_class,
            sar: [pdu.sar_msg_ref_num ?? null, pdu.sar_total_segments ?? null, pdu.sar_segment_seqnum ?? null],
            registered: pdu.registered_delivery, validity: pdu.validity_period ? `${pdu.validity_period}` : '',
        });
    }
    if (status) return session.send(pdu.response({ command_status: status }));
    if (manners.receipts === 'before') deliver(session, receipt(id));
    if (manners.answer === 'empty') {
        const head = Buffer.alloc(16);
        [16, 0x80000004, 0, pdu.sequence_number].forEach((number, at) => head.writeUInt32BE(number, at * 4));
        session.socket.write(head);
    } else {
        session.send(pdu.response({ message_id: FORMS[manners.id_form](id) }));
    }
    if (manners.receipts === 'after' || manners.receipts === 'twice') deliver(session, receipt(id));
    if (manners.receipts === 'twice') deliver(session, receipt(id));
}

function submitted(session, pdu) {
    if (manners.drop_after) {
        seen.submits.push({ sequence: pdu.sequence_number, to: pdu.destination_addr });
        session.unanswered = (session.unanswered ?? 0) + 1;
        if (session.unanswered >= manners.drop_after) session.socket.destroy();
        return;
    }
    if (manners.answer === 'never') {
        seen.submits.push({ sequence: pdu.sequence_number, to: pdu.destination_addr });
    } else if (manners.answer === 'hold') {
        held.push([session, pdu]);
    } else if (manners.delay_ms) {
        setTimeout(() => answer(session, pdu), manners.delay_ms);
    } else {
        answer(session, pdu);
    }
}

function serve(session) {
    sessions.add(session);
    seen.lines += 1;
    session.socket.setNoDelay?.(true);
    session.on('error', () => session.socket.destroy());
    session.on('close', () => sessions.delete(session));
    for (const kind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
        session.on(kind, (pdu) => {
            const { system_id, password, system_type, interface_version } = pdu;
            seen.binds.push({ kind, system_id, password, system_type, interface_version });
            if (manners.bind_silent) return;
            session.send(pdu.response({ command_status: manners.bind_status, system_id: 'smsc' }));
            if (!manners.bind_status) session.bound = kind;
        });
    }
    session.on('submit_sm', (pdu) => submitted(session, pdu));
    session.on('enquire_link', (pdu) => {
        seen.enquiries += 1;
        if (!manners.enquire_silent) session.send(pdu.response());
    });
    session.on('unbind', (pdu) => {
        seen.unbinds += 1;
        session.send(pdu.response());
        session.close();
    });
    session.on('unbind_resp', () => {
        seen.unbind_responses += 1;
        session.close();
    });
    session.on('generic_nack', (pdu) => seen.nacks.push({ sequence: pdu.sequence_number, status: pdu.command_status }));
}

const orders = {
    '/manners': (told) => Object.assign(manners, told),
    '/seen': () => {},
    // Answers what is held; in which order: as it came, or the other way round.
    '/release': ({ order }) => {
        const all = order === 'reverse' ? held.reverse() : held;
        held = [];
        for (const [session, pdu] of all) answer(session, pdu);
    },
    '/deliver': ({ octets_hex, ...pdu }) => {
        if (octets_hex !== undefined) pdu.short_message = Buffer.from(octets_hex, 'hex');
        if (pdu.payload_hex !== undefined) {
            pdu.message_payload = Buffer.from(pdu.payload_hex, 'hex');
            delete pdu.payload_hex;
        }
        return { taken: deliver(undefined, pdu) };
    },
    // Octets as they are; after them the library may read nothing more, but what is written to it is seen by the kernel.
    '/raw': ({ hex }) => sessions.forEach((session) => session.socket.write(Buffer.from(hex, 'hex'))),
    '/unbind': () => sessions.forEach((session) => session.unbind()),
    '/drop': () => sessions.forEach((session) => session.socket.destroy()),
    '/enquire': () => sessions.forEach((session) => session.enquire_link({}, () => { seen.enquire_answers = (seen.enquire_answers ?? 0) + 1; })),
};

const control = createServer((request, reply) => {
    let body = '';
    request.on('data', (data) => { body += data; });
    request.on('end', () => {
        const done = orders[request.url]?.(body ? JSON.parse(body) : {});
        reply.setHeader('Content-Type', 'application/json');
        reply.end(JSON.stringify({ ...seen, held: held.length, open: sessions.size, ...(done ?? {}) }));
    });
});

const [key, cert] = [option('--key'), option('--cert')];
const tls = key ? { key: readFileSync(key), cert: readFileSync(cert) } : {};
const server = smpp.createServer(tls, serve);
server.listen(Number(option('--port') ?? 0), '127.0.0.1', () => {
    control.listen(0, '127.0.0.1', () => {
        console.log(JSON.stringify({ smpp: server.address().port, control: control.address().port }));
    });
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
