using System.Globalization;

namespace Replication.Simulation;

/// <summary>The arguments behind a verb: --name value, or --name alone.</summary>
internal sealed class Arguments
{
    private readonly SortedDictionary<string, string?> _values = new(StringComparer.Ordinal);

    public Arguments(IEnumerable<string> words)
    {
        string? name = null;
        foreach (string word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                name = word[2..];
                if (!_values.TryAdd(name, null))
                {
                    throw new FormatException($"--{name} stands twice.");
                }
            }
            else if (name is null)
            {
                Rest = Rest is null ? word : throw new FormatException($"'{word}' is one word too many.");
            }
            else
            {
                _values[name] = word;
                name = null;
            }
        }
    }

    /// <summary>Gets the word that belongs to no name.</summary>
    public string? Rest { get; }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public long Number(string name, long otherwise) => _values.TryGetValue(name, out string? text)
        ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"--{name} needs a number, not '{text}'.")
        : otherwise;

    /// <summary>Gets the arguments as they may stand in a command, without some of them.</summary>
    public string Without(params IReadOnlyList<string> names) => string.Concat(_values
        .Where(pair => !names.Contains(pair.Key))
        .Select(pair => pair.Value is null ? $" --{pair.Key}" : $" --{pair.Key} {pair.Value}"));

    /// <summary>Refuses names that mean nothing: a mistyped one must not run something else.</summary>
    public void Expect(params IReadOnlyList<string> known)
    {
        if (_values.Keys.FirstOrDefault(name => !known.Contains(name)) is { } stranger)
        {
            throw new FormatException(
                $"--{stranger} means nothing here; there are: {string.Join(", ", known.Select(name => "--" + name))}.");
        }
    }
}
