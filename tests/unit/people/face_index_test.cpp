#include "people/face_index.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_basis.hpp"
#include "people/face_codes.hpp"
#include "unit/people/crowd.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;

/// Each kernel that this machine can run.
class FaceIndexOf : public ::testing::TestWithParam<FaceKernel> {};

void ExpectTheSame(const FaceIndex& index, const KnownFaces& known, Crowd& crowd) {
    for (int i = 0; i < 4; ++i) {
        const auto face = crowd.Asked();
        for (const double reach : {0.3, 0.6, 2.0}) {
            const auto all = NearestOf(known, face, reach);
            EXPECT_EQ(index.CountWithin(face, reach).value(), all.size());
            for (const std::size_t k : {std::size_t{1}, std::size_t{7}}) {
                const auto first = std::min(k, all.size());
                EXPECT_EQ(
                    index.Nearest(face, k, reach).value(),
                    std::vector<NearFace>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first))
                );
            }
        }
    }
}

TEST_P(FaceIndexOf, FindsWhatAComparisonWithEveryFaceFinds) {
    for (const auto kind : {Crowd::Kind::kPeople, Crowd::Kind::kUniform, Crowd::Kind::kAlike}) {
        Crowd crowd(7, kind);
        FaceIndex index(GetParam());
        KnownFaces known;
        // two chunks, codes fitted at 1,024 and 4,096
        while (known.size() < kFacesPerChunk + 100) {
            const std::uint64_t key = crowd.Random(1U << 30U);
            known[key] = crowd.Face();
            ASSERT_TRUE(index.Add(key, known[key]));
            if (known.size() == 500) {
                ExpectTheSame(index, known, crowd);
            }
        }
        ASSERT_EQ(index.Size(), known.size());
        ExpectTheSame(index, known, crowd);
    }
}

TEST_P(FaceIndexOf, StaysExactWhileFacesComeChangeAndGo) {
    Crowd crowd(11, Crowd::Kind::kPeople);
    FaceIndex index(GetParam());
    KnownFaces known;
    for (int step = 0; step < 5000; ++step) {
        // grows over the first half, then shrinks
        const std::uint64_t key = crowd.Random(2500);
        if (crowd.Random(10) < (step < 2500 ? 1U : 8U)) {
            EXPECT_EQ(index.Remove(key), known.erase(key) == 1);
        } else {
            known[key] = crowd.Face();
            ASSERT_TRUE(index.Add(key, known[key]));
        }
        if (step % 1000 == 999) {
            ASSERT_EQ(index.Size(), known.size());
            ExpectTheSame(index, known, crowd);
        }
    }
    while (!known.empty()) {
        ASSERT_TRUE(index.Remove(known.begin()->first));
        known.erase(known.begin());
    }
    EXPECT_EQ(index.Size(), 0);
    EXPECT_EQ(index.CountWithin(crowd.Face(), 2).value(), 0);
    EXPECT_LT(index.MemoryBytes(), 200'000);
}

TEST_P(FaceIndexOf, BoundsDistancesFromBelowByCodes) {
    Crowd crowd(3, Crowd::Kind::kPeople);
    std::vector<Embedding> sample;
    while (sample.size() < 300) {
        sample.push_back(crowd.Face());
    }
    for (const auto& basis : {FaceBasis(), FaceBasis::Fitted(sample)}) {
        const auto query = basis.QueryOf(GetParam(), sample.front());
        for (const auto& face : sample) {
            const auto code = basis.CodeOf(GetParam(), face);
            int squares = 0;
            std::size_t stage = 0;
            for (std::size_t i = 0; i < code.size(); ++i) {
                const int apart = int{code[i]} - int{query.code[i]};
                squares += apart * apart;
                if (i + 1 == kCodeStages.at(stage).first + kCodeStages.at(stage).count) {
                    EXPECT_LE(squares, query.Limit(stage, DistanceBetween(sample.front(), face)));
                    ++stage;
                }
            }
            EXPECT_EQ(stage, kCodeStages.size());
        }
    }
}

TEST_P(FaceIndexOf, GivesTheSameCodesAsThePortableOne) {
    Crowd crowd(5, Crowd::Kind::kPeople);
    std::vector<Embedding> sample;
    while (sample.size() < 300) {
        sample.push_back(crowd.Face());
    }
    const auto basis = FaceBasis::Fitted(sample);
    for (const auto& face : sample) {
        EXPECT_EQ(basis.CodeOf(GetParam(), face), basis.CodeOf(FaceKernels().front(), face));
    }
}

TEST_P(FaceIndexOf, NarrowsAsThePortableOneDoes) {
    Crowd crowd(13, Crowd::Kind::kPeople);
    const auto codes = std::make_unique<ChunkCodes>();
    std::ranges::generate(*codes, [&] { return static_cast<std::uint8_t>(crowd.Random(128)); });
    FaceCode query{};
    std::ranges::generate(query, [&] { return static_cast<std::uint8_t>(crowd.Random(128)); });
    for (const std::int32_t limit : {0, 60'000, 70'000, 85'000, 1'000'000}) {
        std::array<std::unique_ptr<BlocksLeft>, 2> left{
            std::make_unique<BlocksLeft>(), std::make_unique<BlocksLeft>()
        };
        for (auto& one : left) {
            one->count = kBlocksPerChunk;
            for (std::size_t block = 0; block < kBlocksPerChunk; ++block) {
                one->blocks[block] = static_cast<std::uint16_t>(block);
                one->sums[block] = {};
            }
        }
        for (const auto& stage : kCodeStages) {
            GetParam().narrow(*codes, stage, query, limit, *left[0]);
            FaceKernels().front().narrow(*codes, stage, query, limit, *left[1]);
            ASSERT_EQ(left[0]->count, left[1]->count) << limit;
            for (std::size_t i = 0; i < left[0]->count; ++i) {
                EXPECT_EQ(left[0]->blocks[i], left[1]->blocks[i]);
                EXPECT_EQ(left[0]->sums[i].of, left[1]->sums[i].of);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Kernel,
    FaceIndexOf,
    ::testing::ValuesIn(FaceKernels().begin(), FaceKernels().end()),
    [](const auto& kernel) { return std::string(kernel.param.name); }
);

TEST(FaceIndex, ReplacesTheFaceOfAKeyThatIsThere) {
    FaceIndex index;
    ASSERT_TRUE(index.Add(7, FaceOf(1)));
    ASSERT_TRUE(index.Add(7, FaceOf(2)));
    EXPECT_EQ(index.Size(), 1);
    EXPECT_EQ(index.Nearest(FaceOf(2), 3).value(), (std::vector<NearFace>{{.key = 7, .distance = 0}}));
}

TEST(FaceIndex, NamesEquallyNearFacesByKey) {
    FaceIndex index;
    for (const std::uint64_t key : {9U, 2U, 5U, 1U}) {
        ASSERT_TRUE(index.Add(key, FaceOf(3)));
    }
    EXPECT_EQ(
        index.Nearest(FaceOf(3), 2).value(),
        (std::vector<NearFace>{{.key = 1, .distance = 0}, {.key = 2, .distance = 0}})
    );
    EXPECT_TRUE(index.Nearest(FaceOf(3), 0).value().empty());
}

TEST(FaceIndex, RefusesWhatIsNoEmbeddingAndKeepsWhatItHas) {
    FaceIndex index;
    ASSERT_TRUE(index.Add(1, FaceOf(1)));
    auto holed = FaceOf(1);
    holed[5] = std::numeric_limits<float>::quiet_NaN();
    auto endless = FaceOf(1);
    endless[5] = -std::numeric_limits<float>::infinity();
    auto twice = FaceOf(1);
    std::ranges::for_each(twice, [](float& value) { value *= 2; });
    const std::vector<float> short_one(127, 0.1F);
    const Embedding zero{};
    const std::vector<std::pair<std::span<const float>, const char*>> bad{
        {holed, "a number that is not finite"},
        {endless, "a number that is not finite"},
        {twice, "has length 1, not 2"},
        {zero, "has length 1, not 0"},
        {short_one, "has 128 numbers, not 127"},
        {{}, "has 128 numbers, not 0"},
    };
    for (const auto& [face, sentence] : bad) {
        for (const auto& error :
             {index.Add(1, face).error(),
              index.Nearest(face, 1).error(),
              index.CountWithin(face, 1).error()}) {
            EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
            EXPECT_THAT(error.message, HasSubstr(sentence));
        }
    }
    EXPECT_EQ(index.Nearest(FaceOf(1), 1).value(), (std::vector<NearFace>{{.key = 1, .distance = 0}}));
    EXPECT_TRUE(index.Nearest(FaceOf(1), 1, std::numeric_limits<double>::quiet_NaN()).value().empty());
    EXPECT_TRUE(index.Nearest(FaceOf(1), 1, -1).value().empty());
}

TEST(FaceIndex, IsEmptyAtFirst) {
    FaceIndex index;
    EXPECT_TRUE(index.Nearest(FaceOf(1), 5).value().empty());
    EXPECT_FALSE(index.Remove(1));
}

TEST(FaceIndex, TakesLittleMoreThanTheEmbeddings) {
    FaceIndex index;
    std::uint64_t key = 0;
    for (; key < 3 * kFacesPerChunk; ++key) {
        ASSERT_TRUE(index.Add(key, FaceOf(key % kFaceDimensions)));
    }
    EXPECT_LT(index.MemoryBytes(), key * sizeof(Embedding) * 13 / 10);
}

}  // namespace
}  // namespace notify::testing
