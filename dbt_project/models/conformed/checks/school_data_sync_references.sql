{{ config(enabled=connected('school_data_sync')) }}

-- every reference leads to a row that was delivered
{{ unknown_reference('school_data_sync/orgs', 'sourced_id', 'parent_sourced_id', 'sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '上级机构', 'parent organisation') }}

union all

{{ unknown_reference('school_data_sync/orgs', 'sourced_id', 'principal_sourced_id', 'sourced_id', ref('stg_school_data_sync__teachers'), 'sourced_id', '校长（教师）', 'principal (a teacher)') }}

union all

{{ unknown_reference('school_data_sync/classes', 'sourced_id', 'school_sourced_id', 'school_sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '学校', 'school') }}

union all

{{ unknown_reference('school_data_sync/classes', 'sourced_id', 'session_sourced_ids', 'school_sourced_id', ref('stg_school_data_sync__academic_sessions'), 'sourced_id', '学期', 'session') }}

union all

{{ unknown_reference('school_data_sync/classes', 'sourced_id', 'course_sourced_id', 'school_sourced_id', ref('stg_school_data_sync__courses'), 'sourced_id', '课程', 'course') }}

union all

{{ unknown_reference('school_data_sync/students', 'sourced_id,school_sourced_id', 'school_sourced_id', 'school_sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '学校', 'school') }}

union all

{{ unknown_reference('school_data_sync/teachers', 'sourced_id,school_sourced_id', 'school_sourced_id', 'school_sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '学校', 'school') }}

union all

{{ unknown_reference('school_data_sync/student_enrollments', 'class_sourced_id,user_sourced_id', 'class_sourced_id', '_slice', ref('stg_school_data_sync__classes'), 'sourced_id', '班级', 'class') }}

union all

{{ unknown_reference('school_data_sync/student_enrollments', 'class_sourced_id,user_sourced_id', 'user_sourced_id', '_slice', ref('stg_school_data_sync__students'), 'sourced_id', '学生', 'student') }}

union all

{{ unknown_reference('school_data_sync/teacher_rosters', 'class_sourced_id,user_sourced_id', 'class_sourced_id', '_slice', ref('stg_school_data_sync__classes'), 'sourced_id', '班级', 'class') }}

union all

{{ unknown_reference('school_data_sync/teacher_rosters', 'class_sourced_id,user_sourced_id', 'user_sourced_id', '_slice', ref('stg_school_data_sync__teachers'), 'sourced_id', '教师', 'teacher') }}

union all

{{ unknown_reference('school_data_sync/users', 'sourced_id', 'org_sourced_ids', '_slice', ref('stg_school_data_sync__orgs'), 'sourced_id', '机构', 'organisation') }}

union all

{{ unknown_reference('school_data_sync/enrollments', 'class_sourced_id,user_sourced_id', 'class_sourced_id', '_slice', ref('stg_school_data_sync__classes'), 'sourced_id', '班级', 'class') }}

union all

{{ unknown_reference('school_data_sync/enrollments', 'class_sourced_id,user_sourced_id', 'user_sourced_id', '_slice', ref('stg_school_data_sync__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('school_data_sync/roles', 'user_sourced_id,org_sourced_id,role,session', 'user_sourced_id', 'org_sourced_id', ref('stg_school_data_sync__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('school_data_sync/roles', 'user_sourced_id,org_sourced_id,role,session', 'org_sourced_id', 'org_sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '机构', 'organisation') }}

union all

{{ unknown_reference('school_data_sync/roles', 'user_sourced_id,org_sourced_id,role,session', 'session', 'org_sourced_id', ref('stg_school_data_sync__academic_sessions'), 'sourced_id', '学期', 'session') }}

union all

{{ unknown_reference('school_data_sync/relationships', 'user_sourced_id,related_sourced_id,role', 'user_sourced_id', '_slice', ref('stg_school_data_sync__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('school_data_sync/relationships', 'user_sourced_id,related_sourced_id,role', 'related_sourced_id', '_slice', ref('stg_school_data_sync__users'), 'sourced_id', '监护人等关联人', 'related person') }}

union all

{{ unknown_reference('school_data_sync/demographics', 'user_sourced_id', 'user_sourced_id', '_slice', ref('stg_school_data_sync__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('school_data_sync/user_flags', 'user_sourced_id,flag', 'user_sourced_id', '_slice', ref('stg_school_data_sync__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('school_data_sync/courses', 'sourced_id', 'org_sourced_id', 'org_sourced_id', ref('stg_school_data_sync__orgs'), 'sourced_id', '机构', 'organisation') }}

union all

{{ unknown_reference('school_data_sync/courses', 'sourced_id', 'school_year_sourced_id', 'org_sourced_id', ref('stg_school_data_sync__academic_sessions'), 'sourced_id', '学年', 'school year') }}
