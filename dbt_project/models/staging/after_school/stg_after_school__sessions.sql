{{ staging('after_school/sessions') }}
