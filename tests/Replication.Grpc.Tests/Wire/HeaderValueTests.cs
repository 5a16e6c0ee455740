using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Wire;

public class HeaderValueTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("all plain: ~!", "all plain: ~!")]
    [InlineData("100%", "100%25")]
    [InlineData("line\nbreak", "line%0Abreak")]
    [InlineData("größer", "gr%C3%B6%C3%9Fer")]
    [InlineData("🦆", "%F0%9F%A6%86")]
    public void A_status_message_survives_its_percent_encoding(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("a%41", "aA")]
    [InlineData("%c3%b6", "ö")]
    public void A_malformed_percent_encoding_is_kept_as_it_is(string encoded, string text) =>
        Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Theory]
    [InlineData(0, "0n")]
    [InlineData(1, "100n")]
    [InlineData(10, "1000n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(10_000_001, "1000001u")]
    [InlineData(10_000_000_000, "1000000m")]
    [InlineData(2_000_000_000_000, "200000S")]
    [InlineData(-5, "0n")]
    public void A_timeout_is_written_in_the_finest_unit_that_fits(long ticks, string expected)
    {
        Assert.Equal(expected, GrpcTimeout.Encode(new TimeSpan(ticks)));
        Assert.True(GrpcTimeout.TryDecode(expected, out TimeSpan back));
        Assert.True(back.Ticks >= ticks && back.Ticks - Math.Max(ticks, 0) < 10_000_000);
    }

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("1M", 600_000_000)]
    [InlineData("99999999n", 1_000_000)]
    [InlineData("99999999H", 99_999_999L * 36_000_000_000)]
    public void Every_unit_of_a_timeout_is_read(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryDecode(text, out TimeSpan timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    [InlineData("1.5S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryDecode(text, out _));

    [Fact]
    public void A_timeout_of_any_length_is_never_shortened()
    {
        Random random = new(7);
        for (int i = 0; i < 10_000; i++)
        {
            TimeSpan timeout = new(random.NextInt64(0, 1L << random.Next(1, 58)));
            Assert.True(GrpcTimeout.TryDecode(GrpcTimeout.Encode(timeout), out TimeSpan back));
            Assert.True(back >= timeout, $"{timeout} came back as {back}");
        }
    }

    [Fact]
    public void Binary_metadata_is_read_with_and_without_padding()
    {
        Metadata metadata = new();
        metadata.AddReceived("A-bin", "AQI=");
        metadata.AddReceived("b-bin", "AQI");
        metadata.AddReceived("c-bin", "AQ==, AgM");
        metadata.AddReceived("d-bin", "&&&");

        Assert.Equal([1, 2], metadata.GetBytes("a-bin")!);
        Assert.Equal([1, 2], metadata.GetBytes("b-bin")!);
        Assert.Equal([2, 3], metadata.GetBytes("c-bin")!);
        Assert.Null(metadata.GetBytes("d-bin"));
    }

    [Fact]
    public void Metadata_that_could_not_travel_is_refused()
    {
        Metadata metadata = new();
        Assert.Throws<ArgumentException>(() => metadata.Add("name", "ümlaut"));
        Assert.Throws<ArgumentException>(() => metadata.Add("na me", "x"));
        Assert.Throws<ArgumentException>(() => metadata.Add("name-bin", "x"));
        Assert.Throws<ArgumentException>(() => metadata.Add("name", new byte[1]));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("name", "x"));
    }
}
