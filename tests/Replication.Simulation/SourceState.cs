namespace Replication.Simulation;

/// <summary>The commit of the sources, and whether they have been changed since.</summary>
/// <param name="Commit">The commit, with "-dirty" behind it if they have been.</param>
/// <param name="IsChanged">Whether they have been.</param>
internal sealed record SourceState(string Commit, bool IsChanged)
{
    // A search writes its table and its page while it runs, a campaign its ledger: no build depends on them.
    private static readonly string[] Sources =
    [
        "src", "tests", "samples", "jepsen/harness", "jepsen/node", "*.props", "*.targets", "global.json",
        ":(exclude)*.jsonl",
    ];

    private static readonly TimeSpan Time = TimeSpan.FromMinutes(1);

    /// <summary>Asks git.</summary>
    /// <param name="repository">The root of the repository.</param>
    public static SourceState Of(string repository)
    {
        string commit = Git(repository, "describe", "--always", "--abbrev=12")[0].Trim();
        bool isChanged = Git(repository, ["status", "--porcelain", "--", .. Sources]).Count > 0;
        return new SourceState(isChanged ? commit + "-dirty" : commit, isChanged);
    }

    private static IReadOnlyList<string> Git(string repository, params string[] words)
    {
        (int exitCode, IReadOnlyList<string> lines) = Command.Run(repository, Time, ["git", .. words]);
        return exitCode == 0 ? lines : throw new IOException(string.Join('\n', lines));
    }
}
