#pragma once

// What came of a delivery that was claimed, and what is to be written for it.

#include <functional>
#include <optional>

#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Written in one transaction by the dispatcher, if the delivery is still held with its fence; else dropped.
struct Outcome {
    /// The delivery's row as it is to be, and with it what else must be written at once. May be run more than
    /// once.
    std::function<Result<Delivery>(Transaction&)> settle;

    /// The try that was made; nothing when none was.
    std::optional<DeliveryAttempt> attempt;
};

/// An outcome that writes the row and nothing else.
[[nodiscard]] inline Outcome JustWrite(Delivery row, std::optional<DeliveryAttempt> attempt = std::nullopt) {
    return {
        .settle = [row = std::move(row)](Transaction&) -> Result<Delivery> { return row; },
        .attempt = std::move(attempt)
    };
}

}  // namespace notify
