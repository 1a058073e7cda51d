#include "people/face_codes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "domain/person.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace notify {

namespace {

constexpr std::size_t kPerRow = 4;  // numbers of one face that lie side by side
constexpr std::size_t kRowBytes = kPerRow * kFacesPerBlock;

void NarrowPortably(
    const ChunkCodes& codes,
    const CodeStage& stage,
    const FaceCode& query,
    std::int32_t limit,
    BlocksLeft& left
) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < left.count; ++i) {
        auto sums = left.sums[i];
        const std::uint8_t* code = codes.data() + stage.At(left.blocks[i]);
        bool near = false;
        for (std::size_t face = 0; face < kFacesPerBlock; ++face) {
            for (std::size_t number = 0; number < stage.count; ++number) {
                const std::size_t at = number / kPerRow * kRowBytes + face * kPerRow + number % kPerRow;
                const int difference = int{code[at]} - int{query[stage.first + number]};
                sums.of[face] += difference * difference;
            }
            near = near || sums.of[face] <= limit;
        }
        left.sums[kept] = sums;
        left.blocks[kept] = left.blocks[i];
        kept += near ? 1U : 0U;
    }
    left.count = kept;
}

/// Sixteen columns of the rotated embedding at a time, so that they stay in registers.
using Columns [[gnu::vector_size(64)]] = float;

[[gnu::always_inline]] inline void RotateInto(
    const FaceRotation& rotation, const Embedding& embedding, Embedding& rotated
) {
    constexpr std::size_t kWidth = sizeof(Columns) / sizeof(float);
    constexpr std::size_t kTogether = 4;
    for (std::size_t first = 0; first < kFaceDimensions; first += kWidth * kTogether) {
        std::array<Columns, kTogether> sums{};
        for (std::size_t i = 0; i < kFaceDimensions; ++i) {
            const float* row = rotation.rows[i].data() + first;
            const float value = embedding[i];
            for (std::size_t j = 0; j < kTogether; ++j) {
                Columns columns{};
                std::memcpy(&columns, row + j * kWidth, sizeof columns);
                sums[j] += columns * value;
            }
        }
        std::memcpy(rotated.data() + first, sums.data(), sizeof sums);
    }
}

Embedding RotatePortably(const FaceRotation& rotation, const Embedding& embedding) {
    Embedding rotated;
    RotateInto(rotation, embedding, rotated);
    return rotated;
}

constexpr FaceKernel kPortable{.name = "portable", .narrow = NarrowPortably, .rotate = RotatePortably};

#if defined(__x86_64__)

#define NOTIFY_AVX2 [[gnu::target("avx2")]]
#define NOTIFY_AVX512 [[gnu::target("avx2,avx512f,avx512bw,avx512vnni")]]

NOTIFY_AVX2 inline __m256i SquaredDistance(__m256i a, __m256i b) {
    const __m256i apart = _mm256_or_si256(_mm256_subs_epu8(a, b), _mm256_subs_epu8(b, a));
    return _mm256_madd_epi16(_mm256_maddubs_epi16(apart, apart), _mm256_set1_epi16(1));
}

NOTIFY_AVX2 void NarrowAvx2(
    const ChunkCodes& codes,
    const CodeStage& stage,
    const FaceCode& query,
    std::int32_t limit,
    BlocksLeft& left
) {
    const __m256i most = _mm256_set1_epi32(limit);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < left.count; ++i) {
        const std::uint8_t* code = codes.data() + stage.At(left.blocks[i]);
        const auto* sums = reinterpret_cast<const __m256i*>(&left.sums[i]);
        __m256i low = _mm256_load_si256(sums);
        __m256i high = _mm256_load_si256(sums + 1);
        for (std::size_t number = 0; number < stage.count; number += kPerRow, code += kRowBytes) {
            int four = 0;
            std::memcpy(&four, &query[stage.first + number], sizeof four);
            const __m256i wanted = _mm256_set1_epi32(four);
            const auto* row = reinterpret_cast<const __m256i*>(code);
            low = _mm256_add_epi32(low, SquaredDistance(_mm256_load_si256(row), wanted));
            high = _mm256_add_epi32(high, SquaredDistance(_mm256_load_si256(row + 1), wanted));
        }
        const __m256i far = _mm256_and_si256(_mm256_cmpgt_epi32(low, most), _mm256_cmpgt_epi32(high, most));
        auto* to = reinterpret_cast<__m256i*>(&left.sums[kept]);
        _mm256_store_si256(to, low);
        _mm256_store_si256(to + 1, high);
        left.blocks[kept] = left.blocks[i];
        kept += _mm256_movemask_epi8(far) != -1 ? 1U : 0U;
    }
    left.count = kept;
}

NOTIFY_AVX2 Embedding RotateAvx2(const FaceRotation& rotation, const Embedding& embedding) {
    Embedding rotated;
    RotateInto(rotation, embedding, rotated);
    return rotated;
}

NOTIFY_AVX512 void NarrowAvx512(
    const ChunkCodes& codes,
    const CodeStage& stage,
    const FaceCode& query,
    std::int32_t limit,
    BlocksLeft& left
) {
    const __m512i most = _mm512_set1_epi32(limit);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < left.count; ++i) {
        const std::uint8_t* code = codes.data() + stage.At(left.blocks[i]);
        __m512i sums = _mm512_load_si512(&left.sums[i]);
        for (std::size_t number = 0; number < stage.count; number += kPerRow, code += kRowBytes) {
            int four = 0;
            std::memcpy(&four, &query[stage.first + number], sizeof four);
            const __m512i wanted = _mm512_set1_epi32(four);
            const __m512i row = _mm512_load_si512(code);
            const __m512i apart =
                _mm512_or_si512(_mm512_subs_epu8(row, wanted), _mm512_subs_epu8(wanted, row));
            sums = _mm512_dpbusd_epi32(sums, apart, apart);
        }
        _mm512_store_si512(&left.sums[kept], sums);
        left.blocks[kept] = left.blocks[i];
        kept += _mm512_cmple_epi32_mask(sums, most) != 0 ? 1U : 0U;
    }
    left.count = kept;
}

NOTIFY_AVX512 Embedding RotateAvx512(const FaceRotation& rotation, const Embedding& embedding) {
    Embedding rotated;
    RotateInto(rotation, embedding, rotated);
    return rotated;
}

#undef NOTIFY_AVX2
#undef NOTIFY_AVX512

constexpr std::array kKernels{
    kPortable,
    FaceKernel{.name = "avx2", .narrow = NarrowAvx2, .rotate = RotateAvx2},
    FaceKernel{.name = "avx512", .narrow = NarrowAvx512, .rotate = RotateAvx512},
};

std::size_t KernelsHere() noexcept {
    if (!__builtin_cpu_supports("avx2")) {
        return 1;
    }
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vnni");
    return wide ? 3 : 2;
}

#else

constexpr std::array kKernels{kPortable};

std::size_t KernelsHere() noexcept {
    return 1;
}

#endif

}  // namespace

std::span<const FaceKernel> FaceKernels() noexcept {
    static const std::size_t count = KernelsHere();
    return std::span(kKernels).first(count);
}

}  // namespace notify
