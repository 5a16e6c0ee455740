namespace Replication.Architecture.Tests;

/// <summary>The files of the repository as they lie on disk, without what builds and runs leave behind.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".idea", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", "artifacts", "__pycache__",
        "node_modules",
    };

    private static readonly HashSet<string> TextExtensions = new(StringComparer.Ordinal)
    {
        "", ".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".txt", ".json", ".yml", ".yaml", ".proto", ".py",
            ".sh",
        ".editorconfig", ".gitignore", ".gitattributes", ".xml", ".toml",
    };

    /// <summary>Gets the directory that holds Replication.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All text files, as paths with '/' relative to the root, in ordinal order.</summary>
    public static IReadOnlyList<string> TextFiles { get; } =
        [.. Walk(Root).Where(p => TextExtensions.Contains(Path.GetExtension(p))).Order(StringComparer.Ordinal)];

    /// <summary>All C# files.</summary>
    public static IEnumerable<string> CSharpFiles => TextFiles.Where(p => p.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>All project files.</summary>
    public static IEnumerable<string> Projects => TextFiles.Where(p => p.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The whole text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(FullPath(path));

    /// <summary>The path of a file on this machine.</summary>
    public static string FullPath(string path) => Path.Combine(Root, path);

    /// <summary>Fails with one line per violation and what to do about them.</summary>
    public static void AssertNone(IEnumerable<string> violations, string whatToDo)
    {
        string[] all = [.. violations];
        Assert.True(all.Length == 0, $"{all.Length} violations. {whatToDo}\n  " + string.Join("\n  ", all));
    }

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (string child in Directory.EnumerateDirectories(directory))
        {
            string name = Path.GetFileName(child);
            bool isDataOfARun = name == "data" && Path.GetDirectoryName(child) == Root;
            if (Skipped.Contains(name) || isDataOfARun)
            {
                continue;
            }

            foreach (string file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Replication.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException($"No Replication.sln above {AppContext.BaseDirectory}.");
    }
}
