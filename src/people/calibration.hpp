#pragma once

// How probable it is that a name is right: what a distance means among so many people.

#include <cstddef>

namespace notify {

/// The probability, 0 … 1, that a face at that distance from the nearest person shows this person, when as
/// many faces belong to somebody who is known as to strangers. `distance`: DistanceTo of people/matching.hpp,
/// of however many shots and photos; 0 … 2. `people`: known in all, at least 1; measured for 5 to 40, beyond
/// by the same line. Falls with the distance and with `people`. The logistic of
/// docs/processors/facial-recognition.md, "Probability". Thread-safe.
[[nodiscard]] double ProbabilityOf(double distance, std::size_t people) noexcept;

}  // namespace notify
