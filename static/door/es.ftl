# Lo que dicen las páginas anteriores al portal: inicio de sesión, enlace para fijar la contraseña y errores.

languages = Idioma
sign-in = Iniciar sesión
user-name = Nombre de usuario
password = Contraseña
no-password = ¿No tiene contraseña o la ha olvidado? Un administrador puede enviarle un enlace para fijarla.
wrong-password = El nombre de usuario o la contraseña no son correctos.
locked = Esta cuenta está bloqueada. Un administrador puede desbloquearla.
too-many = { $seconds ->
    [one] Demasiadas contraseñas incorrectas. Espere un segundo e inténtelo de nuevo.
   *[other] Demasiadas contraseñas incorrectas. Espere { $seconds } segundos e inténtelo de nuevo.
}
out-of-date = Esta página estuvo abierta demasiado tiempo. Inténtelo de nuevo.
database-away = La base de datos no responde. Las llamadas se siguen atendiendo; intente iniciar sesión de nuevo en un momento.
fault = Algo ha fallado en el servidor. Su registro indica qué; inténtelo de nuevo.
password-set = Su contraseña está fijada. Inicie sesión con ella.
set-password = Fijar contraseña
set-password-for = Para la cuenta { $name }.
new-password = Contraseña nueva
password-rule = Al menos 12 caracteres; cuatro palabras sin relación entre sí sirven bien.
repeat-password = La misma otra vez
password-short = La contraseña es demasiado corta: use al menos 12 caracteres.
password-long = La contraseña es demasiado larga: use como mucho 128 caracteres.
password-guessable = Esta contraseña es fácil de adivinar: es común, sigue un patrón o contiene su nombre. Use cuatro palabras sin relación entre sí.
passwords-differ = Las dos contraseñas no coinciden.
link-over = Este enlace ya no funciona
link-over-text = Ya se usó o ha caducado. Pida uno nuevo a un administrador.
nothing-here = Esta página no existe
nothing-here-text = Puede que la dirección esté mal escrita o que la página se haya movido.
to-portal = Ir al portal
code = Código de su aplicación, si la ha activado
wrong-code = La contraseña es correcta, pero el código falta o no vale. Escriba el que muestra ahora su aplicación; cada uno vale una vez.
single-sign-on = Inicio de sesión único
or-by-password = o con contraseña
sso-expired = El inicio de sesión tardó demasiado o se empezó en otro navegador. Inténtelo de nuevo.
sso-cancelled = No ha iniciado sesión en el proveedor. Inténtelo de nuevo o use su contraseña.
sso-away = El proveedor de inicio de sesión único no responde. Inténtelo en un momento o use su contraseña.
sso-refused = El inicio de sesión único no ha funcionado. Inténtelo de nuevo; si sigue igual, un administrador encontrará el motivo en el registro del servidor.
sso-no-account = Aún no hay una cuenta para usted aquí. Un administrador puede añadirla.
sso-no-name = El inicio de sesión único no indicó quién es usted aquí. Un administrador encontrará el motivo en el registro del servidor.
sso-no-role = Ha iniciado sesión, pero nadie le ha dado un rol aquí. Un administrador puede decirle a quién pedirlo.
sso-taken = La cuenta con su nombre de usuario pertenece a otra persona del proveedor. Un administrador puede corregirlo.
