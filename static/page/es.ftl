# Lo que dice la página del cliente alrededor de las palabras de una encuesta.

page-languages = Idioma
page-questions = { $count ->
    [one] Una pregunta
   *[other] { $count } preguntas como máximo
}
page-progress = Pregunta { $at } de { $most } como máximo
page-progress-last = Última pregunta
page-start = Empezar
page-decline = No, gracias
page-next = Siguiente
page-finish = Enviar
page-skip = Saltar esta pregunta
page-optional = Puede saltar esta pregunta.
page-back = Atrás
page-go-on = Continuar
page-yes = Sí
page-no = No
page-your-answer = Su respuesta
page-no-answer = sin respuesta
page-end = { $value }: { $meaning }
page-at-most-letters = { $count } caracteres como máximo
page-error = Aún no enviado
page-choose = Elija una respuesta y continúe.
page-write = Escriba una respuesta y continúe.
page-too-long = Su respuesta tiene { $got } caracteres. Redúzcala a { $most }.
page-not-an-answer = Esta respuesta no es válida. Elija otra vez.
page-strange-characters = Su respuesta tiene caracteres que no se pueden guardar. Escríbala de nuevo.
page-not-stored = Su respuesta no se ha podido guardar en este momento. Envíela otra vez.
page-not-sent-yet = Esto aún no se pudo enviar. Se vuelve a intentar automáticamente.
page-kept = Esta pregunta ya tenía respuesta, y esa se conserva. Ahora está aquí.
page-moved = La encuesta ha avanzado entretanto. Ahora está aquí.
page-read-only = Ya hay respuestas a preguntas posteriores, así que esta no se puede cambiar.
page-thanks = Gracias
page-close = Ya puede cerrar esta página.
page-used = Ya ha respondido a esta encuesta
page-declined = Gracias de todos modos
page-declined-text = No le volveremos a preguntar sobre esto.
page-over = El plazo de esta encuesta ha terminado
page-over-text = Ya no se recogen respuestas. Gracias por su interés.
page-unknown = Aquí no hay ninguna encuesta
page-unknown-text = Compruebe que se abrió el enlace completo: puede haberse cortado.
page-busy = Un momento, por favor
page-busy-text = Se han pedido demasiadas páginas a la vez. Inténtelo de nuevo en unos segundos.
page-away = Un momento, por favor
page-away-text = La encuesta no se puede mostrar ahora. Lo que ha respondido se conserva; inténtelo de nuevo en un momento.
page-again = Intentar de nuevo
