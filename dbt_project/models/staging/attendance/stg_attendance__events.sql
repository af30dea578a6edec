{{ staging('attendance/events') }}
