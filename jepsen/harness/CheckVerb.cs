using Replication.Testing.Checkers;

namespace Harness;

/// <summary>The verb <c>check</c>: judges a history from a file.</summary>
internal static class CheckVerb
{
    public const string Usage = """
        harness check FILE --model NAME [--consistency NAME] [--initial VALUE]
            prints "valid: true", "valid: false" or "valid: unknown", then the reason; exit code 0, 1 or 2.
        """;

    /// <summary>Checks.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">A file or an option is missing or unknown.</exception>
    public static int Run(IReadOnlyList<string> arguments)
    {
        string file = arguments.Count > 0 ? arguments[0] : throw new FormatException("check needs a file.");
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        for (int i = 1; i < arguments.Count; i += 2)
        {
            if (arguments[i] is not ("--model" or "--consistency" or "--initial") || i + 1 == arguments.Count)
            {
                throw new FormatException($"{arguments[i]} is not an option or has no value.");
            }

            options[arguments[i]] = arguments[i + 1];
        }

        return new HistoryChecks().CheckFile(
            file, options.GetValueOrDefault("--model") ?? throw new FormatException("check needs --model."),
            options.GetValueOrDefault("--initial"), options.GetValueOrDefault("--consistency"), Console.Out);
    }
}
