using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Docs;

/// <summary>
/// Every C# block of a document stands below a line &lt;!-- snippet: path --&gt; or &lt;!-- snippet: path#name --&gt;
/// and equals that
/// file, or what stands in it between the lines "// snippet: name" and "// end".
/// </summary>
internal static partial class SnippetRule
{
    public static IEnumerable<string> Violations(string document, string text, Func<string, string?> read)
    {
        foreach (Match block in CodeBlock().Matches(text.ReplaceLineEndings("\n")))
        {
            string source = block.Groups["source"].Value;
            if (source.Length == 0)
            {
                yield return $"{document}: a C# block without a line <!-- snippet: path --> directly above it:\n"
                    + block.Groups["code"].Value;
                continue;
            }

            string[] parts = source.Split('#');
            string? file = read(parts[0]);
            if (file is null)
            {
                yield return $"{document}: the snippet {source} names no file.";
                continue;
            }

            string? expected = parts.Length == 1 ? file : Region(file, parts[1]);
            if (expected is null)
            {
                yield return $"{document}: {parts[0]} has no lines from \"// snippet: {parts[1]}\" to \"// end\".";
            }
            else if (expected.ReplaceLineEndings("\n").Trim('\n') != block.Groups["code"].Value.Trim('\n'))
            {
                yield return $"{document}: the block differs from {source}, which compiles. Copy it from "
                    + $"there:\n{expected}";
            }
        }
    }

    private static string? Region(string file, string name)
    {
        string[] lines = file.ReplaceLineEndings("\n").Split('\n');
        int start = Array.FindIndex(lines, l => l.Trim() == "// snippet: " + name);
        int end = start < 0 ? -1 : Array.FindIndex(lines, start, l => l.Trim() == "// end");
        if (end < 0)
        {
            return null;
        }

        string[] inner = lines[(start + 1)..end];
        int indent = inner.Where(l => l.Trim().Length > 0)
            .Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', inner.Select(l => l.Length >= indent ? l[indent..] : l.Trim()));
    }

    [GeneratedRegex(
        @"(?:<!-- snippet: (?<source>\S+) -->\n)?^```(?:csharp|cs|c#)\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
