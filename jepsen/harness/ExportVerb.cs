using Harness.Histories;
using Replication.Testing.Histories;

namespace Harness;

/// <summary>The verb <c>export</c>: writes a history for the checkers of others.</summary>
internal static class ExportVerb
{
    public const string Usage = """
        harness export --format porcupine|elle FILE
            writes the history to standard output: JSON lines with the fields of porcupine.Operation, or EDN for Elle.
        """;

    /// <summary>Writes.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">The arguments are others, or the file can't be read.</exception>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not ["--format", "porcupine" or "elle", string file])
        {
            throw new FormatException("export needs --format porcupine or --format elle, and a file.");
        }

        try
        {
            History history = HistoryReader.ReadFile(file);
            if (arguments[1] == "elle")
            {
                ElleFormat.Write(history, Console.Out);
            }
            else
            {
                PorcupineFormat.Write(history, Console.Out);
            }

            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
