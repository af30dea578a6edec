{{ staging('teaching/classes') }}
