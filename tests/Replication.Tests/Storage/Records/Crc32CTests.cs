using System.Text;
using Replication.Storage.Records;

namespace Replication.Tests.Storage.Records;

public class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    [Theory]
    [InlineData(0x8A9136AAu, 0x00, 0)]
    [InlineData(0x62A8AB43u, 0xFF, 0)]
    [InlineData(0x46DD794Eu, 0x00, 1)]
    [InlineData(0x113FDB5Cu, 0x1F, -1)]
    public void The_sum_of_32_bytes_is_that_of_the_standard(uint expected, int first, int step)
    {
        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)(first + (i * step)))];
        Assert.Equal(expected, Crc32C.Compute(bytes));
    }

    [Fact]
    public void The_check_value_is_that_of_the_catalogue() =>
        Assert.Equal(0xE3069283u, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void The_sum_equals_that_of_the_definition_for_every_length_and_split()
    {
        byte[] bytes = new byte[67];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint expected = ByDefinition(bytes.AsSpan(0, length));
            Assert.Equal(expected, Crc32C.Compute(bytes.AsSpan(0, length)));
            Assert.Equal(expected, ~Crc32C.Append(
                Crc32C.Append(~0u, bytes.AsSpan(0, length / 3)), bytes.AsSpan(length / 3, length - (length / 3))));
        }
    }

    private static uint ByDefinition(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }
}
