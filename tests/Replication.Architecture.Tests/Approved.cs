namespace Replication.Architecture.Tests;

/// <summary>Compares lines with a committed file under approved/; REWRITE=1 writes the file instead.</summary>
internal static class Approved
{
    private const string Folder = "tests/Replication.Architecture.Tests/approved/";

    public static void AssertEqual(
        string file, IReadOnlyList<string> actual, Func<string, string> compared, string whatToDo)
    {
        string path = Repository.FullPath(Folder + file);
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(path, string.Concat(actual.Select(l => l + "\n")));
            return;
        }

        Assert.True(File.Exists(path), $"{Folder}{file} is missing. {whatToDo}");
        string[] approved = [.. File.ReadAllLines(path).Where(l => l.Length > 0)];
        HashSet<string> before = [.. approved.Select(compared)];
        HashSet<string> now = [.. actual.Select(compared)];
        string[] difference =
        [
            .. approved.Where(l => !now.Contains(compared(l))).Select(l => "- " + l),
            .. actual.Where(l => !before.Contains(compared(l))).Select(l => "+ " + l),
        ];
        Repository.AssertNone(difference, $"{file} differs (- approved, + now). {whatToDo}");
    }
}
