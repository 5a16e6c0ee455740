using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Sources;

/// <summary>The rules on text and names. Each takes a file and gives what is wrong with it.</summary>
internal static partial class Tidy
{
    public const int ColumnsMax = 120;
    public const int FileLinesMax = 800;
    public const int FileLinesToList = 500;
    public const int MethodLinesToList = 70;

    /// <summary>Words for which the project has a better one; matched as whole words and as parts of a name.</summary>
    private static readonly (string Word, string Instead)[] BannedWords =
    [
        ("master", "leader"), ("slave", "follower or read replica"), ("ensemble", "voters"), ("ballot", "VotedFor"),
        ("zxid", "LogId"), ("opid", "LogId"), ("lsn", "LogIndex"), ("whitelist", "allowed"), ("blacklist", "banned"),
        ("dedup", "client session"),
    ];

    public static IEnumerable<string> LongLines(string path, string text) =>
        text.Split('\n').Select((line, i) => (line, number: i + 1))
            .Where(l => l.line.TrimEnd('\r').Length > ColumnsMax)
            .Select(l => $"{path}:{l.number}: {l.line.TrimEnd('\r').Length} columns");

    public static IEnumerable<string> LongFile(string path, string text)
    {
        int lines = LineCount(text);
        bool isScenario = path.Contains("/Scenarios/", StringComparison.Ordinal);
        return lines > FileLinesMax && !isScenario ? [$"{path}: {lines} lines"] : [];
    }

    public static IEnumerable<string> ReminderWithoutReason(string path, string text) =>
        text.Split('\n').Select((line, i) => (line, number: i + 1))
            .Where(l => Reminder().IsMatch(l.line) && !ReminderWithReason().IsMatch(l.line))
            .Select(l => $"{path}:{l.number}: {l.line.Trim()}");

    public static IEnumerable<string> HidingName(string path, string text)
    {
        foreach (string folder in path.Split('/')[..^1].Where(f => HidingFolder().IsMatch(f)))
        {
            yield return $"{path}: the folder {folder}";
        }

        if (path.EndsWith(".cs", StringComparison.Ordinal))
        {
            foreach (Match match in HidingType().Matches(CodeText.Blanked(text)))
            {
                yield return $"{path}: the type {match.Groups[2].Value}";
            }
        }
    }

    public static IEnumerable<string> BannedWord(string path, string text) =>
        from line in text.Split('\n').Select((text, i) => (text, number: i + 1))
        from word in BannedWords
        where Regex.IsMatch(
            line.text,
            $@"(?<![A-Za-z])({word.Word}|{Capital(word.Word)}|{word.Word.ToUpperInvariant()})(?![a-z])"
            + $@"|(?<=[a-z]){Capital(word.Word)}(?![a-z])")
        select $"{path}:{line.number}: \"{word.Word}\" is called {word.Instead} here";

    public static IEnumerable<string> FrameworkFlush(string path, string text) =>
        CodeText.Blanked(text).Split('\n').Select((line, i) => (line, number: i + 1))
            .Where(l => Flush().IsMatch(l.line))
            .Select(l => $"{path}:{l.number}: {l.line.Trim()}");

    public static IEnumerable<string> RegistryAddress(string path, string text) =>
        from host in (
            string[])["nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org", "pythonhosted" + ".org",
            "crates" + ".io", "proxy.golang" + ".org", "repo.maven" + ".apache", "deb.debian" + ".org", "docker"
                + ".io/"]
        where text.Contains(host, StringComparison.OrdinalIgnoreCase)
        select $"{path}: {host}";

    public static IEnumerable<string> MachinePath(string path, string text) =>
        text.Split('\n').Select((line, i) => (line, number: i + 1))
            .Where(l => MachinePathText().IsMatch(l.line))
            .Select(l => $"{path}:{l.number}: {l.line.Trim()}");

    public static int LineCount(string text) => text.Count(c => c == '\n') + (text.EndsWith('\n') ? 0 : 1);

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Reminder();

    [GeneratedRegex(@"\bTODO(\(#\d+\)| #\d+): \S.{15,}")]
    private static partial Regex ReminderWithReason();

    [GeneratedRegex(@"^(Util|Utils|Utility|Utilities|Helper|Helpers|Common|Shared|Misc|Managers|Services|Internal)$")]
    private static partial Regex HidingFolder();

    [GeneratedRegex(
        @"\b(class|struct|interface|record|enum)\s+(?:class\s+|struct\s+)?"
        + @"(\w+(Manager|Helpers?|Utils?|Utility|Service|Processor))\b")]
    private static partial Regex HidingType();

    [GeneratedRegex(@"FlushToDisk|\bFlush\s*\(\s*(true|flushToDisk)")]
    private static partial Regex Flush();

    [GeneratedRegex("(?<![\\w./-])/(root|work|home)/\\w|\\b[A-Z]:\\\\\\\\?Users\\\\")]
    private static partial Regex MachinePathText();
}
