{{ staging('teaching/assignments') }}
