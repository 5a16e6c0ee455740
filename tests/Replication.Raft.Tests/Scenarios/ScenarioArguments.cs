using System.Globalization;

namespace Replication.Raft.Tests.Scenarios;

/// <summary>The words behind a command: plain ones by place, and name=value.</summary>
internal sealed class ScenarioArguments(string[] all)
{
    private readonly string[] _named = [.. all.Where(word => word.Contains('=', StringComparison.Ordinal))];

    public string[] Words { get; } = [.. all.Where(word => !word.Contains('=', StringComparison.Ordinal))];

    public bool Has(int at) => at < Words.Length;

    public string Word(int at) => Words[at];

    public int Number(int at) => int.Parse(Words[at], CultureInfo.InvariantCulture);

    public int Named(string name, int otherwise) =>
        Value(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public int[]? List(string name) => Value(name) is { Length: > 0 } value
        ? [.. value.Split(',').Select(item => int.Parse(item, CultureInfo.InvariantCulture))]
        : null;

    /// <summary>Reads links: "1>2" is one direction, "1-2" both.</summary>
    public IEnumerable<(int From, int To)> Links()
    {
        foreach (string word in Words)
        {
            string[] ends = word.Split('>', '-');
            int one = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int other = int.Parse(ends[1], CultureInfo.InvariantCulture);
            yield return (one, other);
            if (word.Contains('-', StringComparison.Ordinal))
            {
                yield return (other, one);
            }
        }
    }

    private string? Value(string name)
    {
        string? found = Array.Find(_named, word => word.StartsWith(name + "=", StringComparison.Ordinal));
        return found?[(name.Length + 1)..];
    }
}
