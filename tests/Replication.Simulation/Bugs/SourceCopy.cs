using System.Text.RegularExpressions;

namespace Replication.Simulation.Bugs;

/// <summary>A copy of the sources in a temporary folder, in which one bug after the other is planted and
/// built.</summary>
/// <remarks>Of the projects only the one with the bug is compiled anew; its file replaces the sound one beside the
/// tool. Warnings and analyzers are off: a planted bug need not be tidy.</remarks>
internal sealed partial class SourceCopy : IDisposable
{
    private const string Sources = "sources";
    private const string Tool = "tool";
    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(10);

    private static readonly string[] RootFiles =
        ["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "LICENSE"];

    private readonly string _repository;
    private readonly string _root;
    private readonly string _soundTool;
    private readonly SortedSet<string> _built = new(StringComparer.Ordinal);
    private int _planted;

    private SourceCopy(string repository, string soundTool)
    {
        _repository = repository;
        _soundTool = soundTool;
        _root = Path.Combine(Path.GetTempPath(), $"replication-bugs-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.Combine(_root, Sources));
    }

    /// <summary>Gets the folder of the tool with the bug that was planted last. There are two in turn: the bug before
    /// may still be looked into.</summary>
    public string ToolDirectory => Path.Combine(_root, Tool + (_planted % 2));

    /// <summary>Gets the file of the tool with the bug that was planted last.</summary>
    public string ToolPath => Path.Combine(ToolDirectory, "Replication.Simulation.dll");

    /// <summary>Begins a copy.</summary>
    /// <param name="repository">The root of the repository.</param>
    /// <param name="soundTool">The folder with the tool as it is built from these very sources.</param>
    public static SourceCopy Create(string repository, string soundTool)
    {
        SourceCopy copy = new(repository, soundTool);
        foreach (string name in RootFiles)
        {
            copy.CopyFile(name);
        }

        return copy;
    }

    /// <summary>Finds the root of the repository above a folder.</summary>
    public static string FindRepository(string directory)
    {
        for (DirectoryInfo? at = new(directory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Replication.sln")))
            {
                return at.FullName;
            }
        }

        throw new IOException($"There is no Replication.sln above '{directory}'.");
    }

    /// <summary>Plants a bug and builds what it changes.</summary>
    /// <exception cref="FormatException">A text of it is no longer there, or the result can't be built.</exception>
    public void Plant(PlantedBug bug)
    {
        _planted++;
        CopyTool();
        foreach (IGrouping<string, KeyValuePair<string, string>> files in bug.Plant(_repository)
            .GroupBy(file => ProjectOf(file.Key)))
        {
            string project = files.Key;
            CopyProject(project);
            foreach ((string file, string text) in files)
            {
                File.WriteAllText(Path.Combine(_root, Sources, file), text);
            }

            Build(project, bug.Name, isAlone: true);
            string name = Path.GetFileNameWithoutExtension(project) + ".dll";
            File.Copy(Path.Combine(OutputOf(project), name), Path.Combine(ToolDirectory, name), overwrite: true);
            foreach ((string file, _) in files)
            {
                CopyFile(file);
            }
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReference();

    private static string ProjectOf(string file)
    {
        string[] parts = file.Split('/');
        return $"{parts[0]}/{parts[1]}/{parts[1]}.csproj";
    }

    private string OutputOf(string project) =>
        Path.Combine(_root, Sources, Path.GetDirectoryName(project)!, "bin", "Release", "net10.0");

    private void CopyTool()
    {
        string target = ToolDirectory;
        Directory.CreateDirectory(target);
        foreach (string path in Directory.EnumerateFiles(_soundTool))
        {
            File.Copy(path, Path.Combine(target, Path.GetFileName(path)), overwrite: true);
        }
    }

    // A project and those that it builds on, sound, once.
    private void CopyProject(string project)
    {
        if (!_built.Add(project))
        {
            return;
        }

        string directory = Path.GetDirectoryName(project)!;
        foreach (string path in Directory.EnumerateFiles(
            Path.Combine(_repository, directory), "*", SearchOption.AllDirectories))
        {
            string file = Path.GetRelativePath(_repository, path).Replace('\\', '/');
            string rest = file[(directory.Length + 1)..];
            if (!rest.StartsWith("bin/", StringComparison.Ordinal)
                && !rest.StartsWith("obj/", StringComparison.Ordinal))
            {
                CopyFile(file);
            }
        }

        string text = File.ReadAllText(Path.Combine(_repository, project));
        foreach (Match match in ProjectReference().Matches(text))
        {
            string referred = Path.GetRelativePath(
                _repository, Path.GetFullPath(Path.Combine(_repository, directory, match.Groups[1].Value)));
            CopyProject(referred.Replace('\\', '/'));
        }

        Build(project, "nothing", isAlone: false);
    }

    private void CopyFile(string file)
    {
        string target = Path.Combine(_root, Sources, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(_repository, file), target, overwrite: true);

        // The compiler must see that it changed back.
        File.SetLastWriteTimeUtc(target, DateTime.UtcNow);
    }

    private void Build(string project, string bug, bool isAlone)
    {
        string[] words =
        [
            "dotnet", "build", project, "-c", "Release", "-v", "q", "-nologo", "-nodeReuse:false",
            "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:TreatWarningsAsErrors=false",
            "-p:GenerateDocumentationFile=false", "-p:IsAotCompatible=false", "-p:UseSharedCompilation=true",
            .. isAlone ? (string[])["--no-restore", "--no-dependencies"] : [],
        ];
        (int exitCode, IReadOnlyList<string> lines) = Command.Run(Path.Combine(_root, Sources), BuildTime, words);
        if (exitCode != 0)
        {
            throw new FormatException($"{bug}: {project} can't be built:\n" + string.Join('\n',
                lines.Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(10)));
        }
    }
}
