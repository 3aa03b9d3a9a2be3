-- Feedback of a course whose visibility is `when-published` is seen by students from this moment on.
alter table course add column published_at timestamptz;

-- Pages ask who a session or a link belongs to by its hash; ended sessions are swept by their date.
create index session_expiry on session (expires_at);
create index session_student on session (student_id);
