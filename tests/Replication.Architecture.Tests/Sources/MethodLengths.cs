using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Sources;

/// <summary>The lines of each member with a body in braces, from its signature to its last brace.</summary>
internal static partial class MethodLengths
{
    private enum Block
    {
        Namespace,
        Type,
        Member,
        Inner,
    }

    public static IEnumerable<(string Name, int Lines)> Of(string source)
    {
        string code = CodeText.Blanked(source);
        Stack<(Block Kind, string Name, int FirstLine)> open = new();
        int line = 1;
        int headerStart = 0;
        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (c == '\n')
            {
                line++;
            }
            else if (c == '{')
            {
                string header = code[headerStart..i];
                string trimmed = header.TrimStart();
                int firstLine = line - trimmed.Count(ch => ch == '\n');
                open.Push((
                    KindOf(trimmed, open.Count == 0 ? Block.Namespace : open.Peek().Kind), NameOf(trimmed), firstLine));
                headerStart = i + 1;
            }
            else if (c == '}')
            {
                headerStart = i + 1;
                if (open.Count > 0)
                {
                    (Block kind, string name, int firstLine) = open.Pop();
                    if (kind == Block.Member)
                    {
                        yield return (name, line - firstLine + 1);
                    }
                }
            }
            else if (c == ';')
            {
                headerStart = i + 1;
            }
        }
    }

    private static Block KindOf(string header, Block parent) => parent switch
    {
        Block.Member or Block.Inner => Block.Inner,
        _ when NamespaceWord().IsMatch(header) => Block.Namespace,
        _ when TypeWord().IsMatch(header) => Block.Type,
        _ => Block.Member,
    };

    private static string NameOf(string header)
    {
        Match beforeParenthesis = NameBeforeParenthesis().Match(header);
        return beforeParenthesis.Success
            ? beforeParenthesis.Groups[1].Value
            : Words().Matches(header).LastOrDefault()?.Value ?? "?";
    }

    [GeneratedRegex(@"^namespace\b")]
    private static partial Regex NamespaceWord();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(class\s+|struct\s+)?\w+")]
    private static partial Regex TypeWord();

    [GeneratedRegex(@"(\w+)\s*(?:<[^()]*>)?\s*\(")]
    private static partial Regex NameBeforeParenthesis();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}
