// The library's own client against a gateway, for comparison: node client.mjs PORT WINDOW MESSAGES says how many milliseconds
// the messages took.
import smpp from 'smpp';

const [port, window, messages] = process.argv.slice(2).map(Number);
const session = smpp.connect({ host: '127.0.0.1', port }, () => {
    session.socket.setNoDelay(true);
    session.bind_transceiver({ system_id: 'bench', password: 'secret' }, () => {
        let [sent, done] = [0, 0];
        const began = process.hrtime.bigint();
        const send = () => {
            sent += 1;
            session.submit_sm({
                source_addr: '12345', destination_addr: '447700900000', registered_delivery: 0,
                short_message: 'How was your call with us today? Please tell us: https://s.example/s/AbCdEfGhIjKlMn',
            }, () => {
                done += 1;
                if (done === messages) {
                    console.log(Number(process.hrtime.bigint() - began) / 1e6);
                    session.socket.destroy();
                } else if (sent < messages) send();
            });
        };
        for (let i = 0; i < window; i += 1) send();
    });
});
