using System.Text;

namespace Replication.Simulation.Bugs;

/// <summary>A bug that is planted into a copy of the sources: what it is, and the texts that it replaces.</summary>
/// <remarks>
/// A file of it has lines "name: value" (rows, layer, story, and proof if it can have no effect), then for each text:
/// "file: PATH", "--- find", the text, "--- replace", the text that stands there instead, "--- end". Lines that begin
/// with # are for the reader.
/// </remarks>
internal sealed record PlantedBug(
    string Name, string Rows, string Layer, string Story, IReadOnlyList<SourceEdit> Edits)
{
    private const string Ending = ".bug";
    private const string ProofKey = "proof";
    private const string FindMark = "--- find";
    private const string ReplaceMark = "--- replace";
    private const string EndMark = "--- end";

    private static readonly string[] Layers = ["consensus", "storage", "reads", "sessions", "transport", "store"];

    /// <summary>Gets why the change can have no effect; null if it can.</summary>
    public string? Proof { get; init; }

    /// <summary>Reads all bugs of a folder, in order of their names.</summary>
    public static IReadOnlyList<PlantedBug> ReadAll(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*" + Ending).Order(StringComparer.Ordinal)
            .Select(path => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path))),
    ];

    /// <summary>Reads one bug.</summary>
    /// <exception cref="FormatException">It isn't as described.</exception>
    public static PlantedBug Parse(string name, IEnumerable<string> lines)
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        List<SourceEdit> edits = [];
        StringBuilder find = new();
        StringBuilder replace = new();
        StringBuilder? text = null;
        foreach (string line in lines)
        {
            switch (line)
            {
                case FindMark:
                    text = find.Clear();
                    replace.Clear();
                    break;
                case ReplaceMark:
                    text = replace;
                    break;
                case EndMark:
                    edits.Add(new SourceEdit(Value("file"), Trimmed(find), Trimmed(replace)));
                    text = null;
                    break;
                default:
                    if (text is not null)
                    {
                        text.Append(line).Append('\n');
                    }
                    else if (line.Length > 0 && line[0] != '#')
                    {
                        int colon = line.IndexOf(": ", StringComparison.Ordinal);
                        string key = colon > 0 ? line[..colon] : throw new FormatException($"{name}: '{line}'?");
                        values[key] = line[(colon + 2)..];
                    }

                    break;
            }
        }

        PlantedBug bug = new(name, Value("rows"), Value("layer"), Value("story"), edits)
        {
            Proof = values.GetValueOrDefault(ProofKey),
        };
        return text is null && edits.Count > 0 && Layers.Contains(bug.Layer)
            ? bug
            : throw new FormatException($"{name}: it needs edits, each with an end, and one of the layers "
                + string.Join(", ", Layers));

        string Value(string key) => values.TryGetValue(key, out string? value)
            ? value : throw new FormatException($"{name}: '{key}: ...' is missing.");
    }

    /// <summary>Makes the edits.</summary>
    /// <param name="repository">The root of the sources.</param>
    /// <returns>The text of each file that it changes, by path.</returns>
    /// <exception cref="FormatException">A text that is to be replaced is no longer there.</exception>
    public SortedDictionary<string, string> Plant(string repository)
    {
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (SourceEdit edit in Edits)
        {
            try
            {
                texts[edit.File] = edit.Apply(
                    texts.GetValueOrDefault(edit.File) ?? File.ReadAllText(Path.Combine(repository, edit.File)));
            }
            catch (Exception error) when (error is FormatException or IOException)
            {
                throw new FormatException($"{Name} can't be planted any more: {error.Message}", error);
            }
        }

        return texts;
    }

    private static string Trimmed(StringBuilder text) => text.ToString().TrimEnd('\n');
}

/// <summary>One text and what stands there instead.</summary>
/// <param name="File">The path of the source file, from the root of the repository.</param>
/// <param name="Find">The text; it must stand in the file exactly once.</param>
/// <param name="Replace">What stands there instead.</param>
internal sealed record SourceEdit(string File, string Find, string Replace)
{
    /// <summary>Makes the edit.</summary>
    /// <exception cref="FormatException">The text is not there, or more than once.</exception>
    public string Apply(string source)
    {
        int first = source.IndexOf(Find, StringComparison.Ordinal);
        if (Find.Length == 0 || first < 0 || source.IndexOf(Find, first + 1, StringComparison.Ordinal) >= 0)
        {
            string count = first < 0 ? "nowhere" : "more than once";
            throw new FormatException($"{File}: the text stands there {count}: {Find.Split('\n')[0].Trim()}");
        }

        return string.Concat(source.AsSpan(0, first), Replace, source.AsSpan(first + Find.Length));
    }
}
