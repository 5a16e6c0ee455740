using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Histories;

public sealed class HistoryValueTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("false")]
    [InlineData("true")]
    [InlineData("\"\"")]
    [InlineData("\"1\"")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[[1]]")]
    [InlineData("[null]")]
    public void A_value_equals_itself_read_again_and_none_of_another_kind(string json)
    {
        HistoryValue value = HistoryValue.Parse(json);

        Assert.Equal(value, HistoryValue.Parse(json));
        Assert.Equal(value.GetHashCode(), HistoryValue.Parse(json).GetHashCode());
        Assert.Equal(json, value.ToString());
        string[] others =
            ["null", "0", "1", "false", "true", "\"\"", "\"1\"", "[]", "[1]", "[[1]]", "[null]", "[1, 1]"];
        Assert.Equal(
            others.Where(o => o != json),
            others.Where(o => HistoryValue.Parse(o) != value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    [InlineData("{}")]
    [InlineData("[1")]
    public void What_is_no_value_is_refused(string json)
    {
        Assert.Throws<FormatException>(() => HistoryValue.Parse(json));
    }

    [Fact]
    public void Asking_for_what_it_does_not_hold_is_an_error_that_names_it()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => HistoryValue.Parse("[5]").Text);

        Assert.Contains("[5]", e.Message, StringComparison.Ordinal);
    }
}
