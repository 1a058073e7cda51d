#pragma once

// What POST /v1/edits asks for.

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/people_edit.hpp"
#include "http/message.hpp"
#include "http/views_people.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What the body says, as an edit of the request's caller. Of a split and a move, `person` is whom faces are
/// taken from, and `other` who gets them: the edit is of that one. kInvalidArgument, kNotFound, kTooLarge
/// with a sentence; kConflict (changed_since) when If-Match is of an earlier state of the person. Call inside
/// a transaction.
[[nodiscard]] Result<PeopleEdit> ReadEdit(
    const Transaction& transaction, const Request& request, const view::NewEdit& wanted, Timestamp now
);

}  // namespace notify
