using FASTER.core;

namespace Replication.Faster.Records;

/// <summary>A commit manager that keeps nothing: where the log ends is found by scanning it.</summary>
/// <remarks>
/// FasterLog's own can lose the whole log when a commit file can't be created, and doubles the cost of each commit.
/// </remarks>
internal sealed class NoCommitFiles : ILogCommitManager
{
    public void Commit(
        long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public byte[] GetCommitMetadata(long commitNum) => throw new NotSupportedException("There are no commit files.");

    public IEnumerable<long> ListCommits() => [];

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
