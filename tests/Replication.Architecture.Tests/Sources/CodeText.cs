using System.Text;

namespace Replication.Architecture.Tests.Sources;

/// <summary>C# text with comments, strings and characters blanked out, line for line.</summary>
internal static class CodeText
{
    public static string Blanked(string source)
    {
        StringBuilder result = new(source.Length);
        int i = 0;
        CopyCode(source, ref i, result, isHole: false);
        return result.ToString();
    }

    /// <summary>Copies code to its end, or to the brace that closes the hole of an interpolated string.</summary>
    private static void CopyCode(string s, ref int i, StringBuilder to, bool isHole)
    {
        int depth = 0;
        while (i < s.Length)
        {
            if (StartsWith(s, i, "//"))
            {
                Blank(s, ref i, to, EndOf(s, "\n", i) - i);
            }
            else if (StartsWith(s, i, "/*"))
            {
                Blank(s, ref i, to, EndOf(s, "*/", i + 2) + 2 - i);
            }
            else if (s[i] == '\'')
            {
                int end = i + 1;
                while (end < s.Length && s[end] is not ('\'' or '\n'))
                {
                    end += s[end] == '\\' ? 2 : 1;
                }

                Blank(s, ref i, to, end + 1 - i);
            }
            else if (StringStart(s, i, out int dollars, out bool isVerbatim, out int quotes) is int length and > 0)
            {
                Blank(s, ref i, to, length);
                CopyString(s, ref i, to, dollars, isVerbatim, quotes);
            }
            else
            {
                depth += s[i] == '{' ? 1 : s[i] == '}' ? -1 : 0;
                if (isHole && depth < 0)
                {
                    return;
                }

                to.Append(s[i++]);
            }
        }
    }

    private static void CopyString(string s, ref int i, StringBuilder to, int dollars, bool isVerbatim, int quotes)
    {
        string end = new('"', quotes);
        bool isRaw = quotes >= 3;
        while (i < s.Length)
        {
            if (StartsWith(s, i, end))
            {
                if (isVerbatim && StartsWith(s, i, "\"\""))
                {
                    Blank(s, ref i, to, 2);
                    continue;
                }

                Blank(s, ref i, to, quotes);
                return;
            }

            if (!isRaw && !isVerbatim && s[i] == '\\')
            {
                Blank(s, ref i, to, 2);
            }
            else if (dollars > 0 && s[i] == '{' && !(dollars == 1 && !isRaw && StartsWith(s, i, "{{"))
                && StartsWith(s, i, new string('{', dollars)))
            {
                Blank(s, ref i, to, dollars);
                CopyCode(s, ref i, to, isHole: true);
                Blank(s, ref i, to, dollars);
            }
            else
            {
                Blank(s, ref i, to, dollars > 0 && StartsWith(s, i, "{{") ? 2 : 1);
            }
        }
    }

    /// <summary>How long the opening of a string is that starts here; 0 if none does.</summary>
    private static int StringStart(string s, int i, out int dollars, out bool isVerbatim, out int quotes)
    {
        int at = i;
        dollars = 0;
        isVerbatim = false;
        quotes = 0;
        while (at < s.Length && s[at] is '$' or '@')
        {
            dollars += s[at] == '$' ? 1 : 0;
            isVerbatim |= s[at] == '@';
            at++;
        }

        while (at + quotes < s.Length && s[at + quotes] == '"')
        {
            quotes++;
        }

        if (quotes == 0)
        {
            return 0;
        }

        quotes = quotes >= 3 && !isVerbatim ? quotes : 1;
        return at + quotes - i;
    }

    private static void Blank(string s, ref int i, StringBuilder to, int count)
    {
        for (int end = Math.Min(i + count, s.Length); i < end; i++)
        {
            to.Append(s[i] == '\n' ? '\n' : ' ');
        }
    }

    private static int EndOf(string s, string mark, int from)
    {
        int found = from < s.Length ? s.IndexOf(mark, from, StringComparison.Ordinal) : -1;
        return found < 0 ? s.Length : found;
    }

    private static bool StartsWith(string s, int i, string mark) =>
        string.CompareOrdinal(s, i, mark, 0, mark.Length) == 0;
}
