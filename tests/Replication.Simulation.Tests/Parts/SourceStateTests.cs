namespace Replication.Simulation.Tests.Parts;

/// <summary>A row of the table of planted bugs says if its sources were not those of the commit.</summary>
public sealed class SourceStateTests : IDisposable
{
    private readonly string _repository = Directory.CreateTempSubdirectory("source-state-").FullName;

    public SourceStateTests()
    {
        Write("src/a.cs");
        Write("docs/planted-bugs.jsonl");
        Git("init", "--quiet");
        Git("add", "--all");
        Git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first");
    }

    [Theory]
    [InlineData("docs/planted-bugs.jsonl")]
    [InlineData("docs/planted-bugs.md")]
    [InlineData("tests/ledger.jsonl")]
    public void What_a_search_writes_is_no_change_of_the_sources(string path)
    {
        SourceState before = SourceState.Of(_repository);

        Write(path);

        Assert.Equal(before, SourceState.Of(_repository));
        Assert.False(before.IsChanged);
        Assert.Matches("^[0-9a-f]{12}$", before.Commit);
    }

    [Theory]
    [InlineData("src/a.cs")]
    [InlineData("src/new.cs")]
    [InlineData("tests/new.cs")]
    [InlineData("Directory.Build.props")]
    public void A_changed_or_new_source_file_shows(string path)
    {
        SourceState before = SourceState.Of(_repository);

        Write(path);

        Assert.Equal(new SourceState(before.Commit + "-dirty", true), SourceState.Of(_repository));
    }

    public void Dispose() => Directory.Delete(_repository, recursive: true);

    private void Write(string path)
    {
        string file = Path.Combine(_repository, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.AppendAllText(file, "line\n");
    }

    private void Git(params string[] words) => Assert.Equal(
        0, Command.Run(_repository, TimeSpan.FromMinutes(1), ["git", .. words]).ExitCode);
}
