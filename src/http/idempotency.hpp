#pragma once

// Requests that may be sent again without being done again: Idempotency-Key.

#include <functional>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The header, for the document.
[[nodiscard]] Parameter IdempotencyKey();

/// Whether the answer may be kept for those who ask again.
enum class AnswerKept : bool { kNo, kYes };

/// Calls `handle`, unless the same caller sent the same request with the same Idempotency-Key within a day:
/// then the first answer is given again, or 409 when there is none yet or it may not be kept. 422 when
/// another request came with that key. What was not answered 2xx counts as not asked.
[[nodiscard]] Response HandleOnce(
    Storage& storage,
    const Clock& clock,
    Request& request,
    AnswerKept kept,
    const std::function<Response(Request&)>& handle
);

}  // namespace notify
