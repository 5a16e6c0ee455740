using System.Globalization;

namespace Replication.Simulation;

/// <summary>The arguments behind a verb: --name value, or, of the flags, --name alone.</summary>
internal sealed class Arguments
{
    private static readonly string[] Flags = ["quiet", "once", "missing", "list"];

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

                name = Flags.Contains(name) ? null : name;
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
    private string? Rest { get; }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public long Number(string name, long otherwise, long least = 1, long most = int.MaxValue) =>
        !_values.TryGetValue(name, out string? text) ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most ? number
        : throw new FormatException($"--{name} needs a number from {least} to {most}, not '{text}'.");

    /// <summary>Gets a seed: any number of 64 bits without a sign.</summary>
    public ulong Seed(string name) =>
        !_values.TryGetValue(name, out string? text) ? 1
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
        : throw new FormatException($"--{name} needs a seed, not '{text}'.");

    /// <summary>Gets the arguments as they may stand in a command, without some of them.</summary>
    public string Without(params IReadOnlyList<string> names) => string.Concat(_values
        .Where(pair => !names.Contains(pair.Key))
        .Select(pair => pair.Value is null ? $" --{pair.Key}" : $" --{pair.Key} {pair.Value}"));

    /// <summary>Gets the file that a verb works on, and refuses names that mean nothing to it.</summary>
    public string ExpectFile(string verb, params IReadOnlyList<string> known)
    {
        ExpectNames(known);
        return Rest ?? throw new FormatException($"{verb} needs a file.");
    }

    /// <summary>Refuses what means nothing to a verb, and names without their value: a mistyped line must not run
    /// something else.</summary>
    public void Expect(params IReadOnlyList<string> known)
    {
        ExpectNames(known);
        if (Rest is not null)
        {
            throw new FormatException($"'{Rest}' means nothing here.");
        }
    }

    private void ExpectNames(IReadOnlyList<string> known)
    {
        if (_values.Keys.FirstOrDefault(name => !known.Contains(name)) is { } stranger)
        {
            throw new FormatException(
                $"--{stranger} means nothing here; there are: {string.Join(", ", known.Select(name => "--" + name))}.");
        }

        if (_values.Keys.FirstOrDefault(name => _values[name] is null && !Flags.Contains(name)) is { } bare)
        {
            throw new FormatException($"--{bare} needs a value.");
        }
    }
}
