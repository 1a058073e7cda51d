#include "inference/dlib_reader.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dlib_writer.hpp"

namespace notify {
namespace {

DlibReader ReaderOf(const std::string& bytes) {
    return DlibReader(std::as_bytes(std::span(bytes)));
}

TEST(DlibReader, ReadsIntegersOfEveryLengthAndSign) {
    for (const std::int64_t value :
         {std::int64_t{0},
          std::int64_t{1},
          std::int64_t{-1},
          std::int64_t{255},
          std::int64_t{256},
          std::int64_t{-65'537},
          std::numeric_limits<std::int64_t>::max()}) {
        const std::string bytes = DlibWriter().Integer(value).Bytes();
        DlibReader reader = ReaderOf(bytes);
        EXPECT_EQ(reader.Integer(), value);
        EXPECT_FALSE(reader.Failed());
        EXPECT_EQ(reader.Remaining(), 0U);
    }
}

TEST(DlibReader, ReadsFloatsAsMantissaAndExponent) {
    const std::string bytes = DlibWriter().Float(-3, -2).Float(5, 3).Bytes();
    DlibReader reader = ReaderOf(bytes);
    EXPECT_DOUBLE_EQ(reader.Float(), -0.75);
    EXPECT_DOUBLE_EQ(reader.Float(), 40.0);
}

TEST(DlibReader, RefusesInfinity) {
    const std::string bytes = DlibWriter().Float(0, 32'000).Bytes();
    DlibReader reader = ReaderOf(bytes);
    EXPECT_EQ(reader.Float(), 0.0);
    EXPECT_TRUE(reader.Failed());
}

TEST(DlibReader, ReadsTensorsWithTheirShape) {
    const std::string bytes = DlibWriter().Tensor({1.5F, -2.0F}).Alias(4, 3, 2, 1).Bytes();
    DlibReader reader = ReaderOf(bytes);
    DlibShape shape{};
    EXPECT_THAT(reader.Tensor(shape), testing::ElementsAre(1.5F, -2.0F));
    EXPECT_EQ(shape, (DlibShape{2, 1, 1, 1}));
    EXPECT_EQ(reader.AliasTensor(), (DlibShape{4, 3, 2, 1}));
}

TEST(DlibReader, RefusesATensorLargerThanTheFileBeforeAllocatingIt) {
    const std::string bytes =
        DlibWriter().Integer(2).Integer(1 << 24).Integer(1 << 24).Integer(1 << 24).Integer(1 << 24).Bytes();
    DlibReader reader = ReaderOf(bytes);
    DlibShape shape{};
    EXPECT_TRUE(reader.Tensor(shape).empty());
    EXPECT_THAT(reader.Fault(), testing::HasSubstr("larger than the rest of the file"));
}

TEST(DlibReader, RefusesWeightsThatAreNotFinite) {
    const std::string bytes = DlibWriter().Tensor({std::numeric_limits<float>::quiet_NaN()}).Bytes();
    DlibReader reader = ReaderOf(bytes);
    DlibShape shape{};
    static_cast<void>(reader.Tensor(shape));
    EXPECT_TRUE(reader.Failed());
}

TEST(DlibReader, KeepsTheFirstFaultAndReadsZerosAfterIt) {
    const std::string bytes("\x09\x01\x01\x07", 4);
    DlibReader reader = ReaderOf(bytes);
    EXPECT_EQ(reader.Integer(), 0);
    const std::string fault = reader.Fault();
    EXPECT_THAT(fault, testing::HasSubstr("byte 1"));
    EXPECT_EQ(reader.Integer(), 0);
    EXPECT_EQ(reader.Text(), "");
    EXPECT_FALSE(reader.Bool());
    EXPECT_EQ(reader.Fault(), fault);
}

TEST(DlibReader, CountsWithinALimit) {
    const std::string bytes = DlibWriter().Integer(7).Integer(-1).Bytes();
    DlibReader reader = ReaderOf(bytes);
    EXPECT_EQ(reader.Count(7), 7U);
    EXPECT_EQ(reader.Count(7), 0U);
    EXPECT_TRUE(reader.Failed());
}

TEST(DlibReader, CountsValuesWithoutOverflow) {
    EXPECT_EQ(ValueCount({2, 3, 4, 5}), 120U);
    EXPECT_EQ(ValueCount({1U << 31U, 1U << 31U, 1U << 31U, 1}), UINT64_MAX);
    EXPECT_EQ(ValueCount({0, 1U << 31U, 1U << 31U, 1U << 31U}), 0U);
}

}  // namespace
}  // namespace notify
