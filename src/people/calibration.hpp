#pragma once

// How probable it is that a name is right: what a distance means among so many people with so many photos.

#include <cstddef>

namespace notify {

/// The probability, 0 … 1, that a single face at that distance from the nearest person shows this person,
/// when as many faces belong to somebody who is known as to strangers. `distance`: to the template, as
/// matching takes it; 0 … 2. `photos`: of the person, at least 1. `people`: known in all, at least 1;
/// measured for 5 to 40, beyond by the same line. Falls with the distance and with `people`. The logistic of
/// docs/processors/facial-recognition.md, "Probability". Thread-safe.
[[nodiscard]] double ProbabilityOf(double distance, std::size_t photos, std::size_t people) noexcept;

}  // namespace notify
