using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Storage.Identity;

/// <summary>The data directory of a node: its identity, its members, its lock, and what it knows of its peers' directories.</summary>
public sealed class DataDirectory : IDisposable
{
    private DataDirectory(IFileSystem files, NodeIdentity identity, IReadOnlyList<ClusterMember> members)
    {
        Files = files;
        Identity = identity;
        Members = members;
    }

    /// <summary>Gets the files below it.</summary>
    public IFileSystem Files { get; }

    /// <summary>Gets whose it is.</summary>
    public NodeIdentity Identity { get; }

    /// <summary>Gets the members of the cluster, in order of node id.</summary>
    public IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>Makes an empty directory the data directory of a node: an explicit act, once in the life of the node.</summary>
    /// <param name="files">The directory.</param>
    /// <param name="clusterId">The cluster; equal on all its nodes.</param>
    /// <param name="nodeId">The node.</param>
    /// <param name="members">All members, this node among them; equal on all nodes.</param>
    /// <param name="directoryId">A random number for this directory.</param>
    /// <exception cref="DataDirectoryException">It is not empty, in use, or the values contradict each other. Nothing was changed.</exception>
    public static void Initialize(IFileSystem files, Guid clusterId, NodeId nodeId, IReadOnlyList<ClusterMember> members, Guid directoryId) =>
        throw new NotImplementedException();

    /// <summary>Opens and locks the directory of a node.</summary>
    /// <param name="files">The directory.</param>
    /// <param name="clusterId">The cluster it must belong to.</param>
    /// <param name="nodeId">The node it must belong to.</param>
    /// <returns>The open directory; disposing it releases the lock.</returns>
    /// <exception cref="DataDirectoryException">Not initialized, in use, or of another cluster or node. Nothing was changed.</exception>
    /// <exception cref="StorageCorruptedException">A file in it is damaged.</exception>
    public static DataDirectory Open(IFileSystem files, Guid clusterId, NodeId nodeId) => throw new NotImplementedException();

    /// <summary>Checks a peer's directory id against the one remembered, or remembers it durably if this is the first.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="directoryId">The directory id that it shows.</param>
    /// <returns>Whether the peer may be talked to: false if it was known with another directory.</returns>
    /// <remarks>Callable from any thread.</remarks>
    public bool TryAcceptPeer(NodeId peer, Guid directoryId) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
