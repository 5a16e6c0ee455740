using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Storage.Identity;

/// <summary>
/// The data directory of a node: its identity, its members, its lock, and what it knows of its peers' directories.
/// </summary>
/// <remarks>Callable from any thread.</remarks>
public sealed class DataDirectory : IDisposable
{
    private const string LockName = "lock";

    // Connections are judged on any thread, and one at a time may write the peers' file.
    private readonly Lock _gate = new();
    private readonly SortedDictionary<NodeId, Guid> _peers;
    private readonly IDisposable _lock;
    private StorageFailedException? _fault;

    private DataDirectory(
        IFileSystem files, NodeIdentity identity, IReadOnlyList<ClusterMember> members, IDisposable heldLock)
    {
        Files = files;
        Identity = identity;
        Members = members;
        _lock = heldLock;
        _peers = IdentityFile.ReadPeers(files);
    }

    /// <summary>Gets the files below it.</summary>
    public IFileSystem Files { get; }

    /// <summary>Gets whose it is.</summary>
    public NodeIdentity Identity { get; }

    /// <summary>Gets the members of the cluster, in order of node id.</summary>
    public IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>
    /// Makes an empty directory the data directory of a node: an explicit act, once in the life of the node.
    /// </summary>
    /// <param name="files">The directory.</param>
    /// <param name="clusterId">The cluster; equal on all its nodes.</param>
    /// <param name="nodeId">The node.</param>
    /// <param name="members">All members, this node among them; equal on all nodes.</param>
    /// <param name="directoryId">A random number for this directory.</param>
    /// <exception cref="DataDirectoryException">
    /// It is not empty, in use, or the values contradict each other. Nothing was changed.
    /// </exception>
    /// <exception cref="StorageFailedException">
    /// The disk failed; the directory is not initialized, and the call may be made again.
    /// </exception>
    public static void Initialize(
        IFileSystem files, Guid clusterId, NodeId nodeId, IReadOnlyList<ClusterMember> members, Guid directoryId)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(members);
        Check(clusterId, nodeId, members, directoryId);
        CheckEmpty(files);
        using (files.Lock(LockName))
        {
            CheckEmpty(files);
            IdentityFile.Write(
                files, new NodeIdentity(clusterId, nodeId, directoryId), [.. members.OrderBy(member => member.NodeId)]);
        }
    }

    /// <summary>Opens and locks the directory of a node.</summary>
    /// <param name="files">The directory.</param>
    /// <param name="clusterId">The cluster it must belong to.</param>
    /// <param name="nodeId">The node it must belong to.</param>
    /// <returns>The open directory; disposing it releases the lock.</returns>
    /// <exception cref="DataDirectoryException">
    /// Not initialized, in use, or of another cluster or node. Nothing was changed.
    /// </exception>
    /// <exception cref="StorageCorruptedException">A file in it is damaged.</exception>
    public static DataDirectory Open(IFileSystem files, Guid clusterId, NodeId nodeId)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (!files.List(string.Empty).Contains(IdentityFile.Name))
        {
            throw new DataDirectoryException(
                $"The data directory of node {nodeId} was never initialized: it holds no file '{IdentityFile.Name}'. "
                    + $"Initialize it once, if this node is new. "
                + "If it was a member before, its data is gone: check the path and that every disk is mounted; "
                + "the peers refuse an empty directory under this node's number.");
        }

        IDisposable heldLock = files.Lock(LockName);
        try
        {
            (NodeIdentity identity, IReadOnlyList<ClusterMember> members) = IdentityFile.Read(files);
            if (identity.ClusterId != clusterId)
            {
                throw new DataDirectoryException(
                    $"The data directory belongs to cluster {identity.ClusterId} (node {identity.NodeId}), not to "
                        + $"cluster {clusterId}. Correct the path or the cluster id.");
            }

            if (identity.NodeId != nodeId)
            {
                throw new DataDirectoryException(
                    $"The data directory belongs to node {identity.NodeId}, not to node {nodeId}. Correct the path or "
                        + $"the node id; two nodes must never share a directory.");
            }

            return new DataDirectory(files, identity, members, heldLock);
        }
        catch
        {
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Checks a peer's directory id against the one remembered, or remembers it durably if this is the first.
    /// </summary>
    /// <param name="peer">The peer.</param>
    /// <param name="directoryId">The directory id that it shows.</param>
    /// <returns>Whether the peer may be talked to: false if it was known with another directory.</returns>
    /// <exception cref="StorageFailedException">
    /// The id could not be made durable, now or before: nobody new is accepted any more, and the host is faulted.
    /// </exception>
    /// <remarks>The first directory that a peer shows is trusted. Callable from any thread.</remarks>
    public bool TryAcceptPeer(NodeId peer, Guid directoryId)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(peer, out Guid known))
            {
                return known == directoryId;
            }

            if (_fault is not null)
            {
                throw _fault;
            }

            try
            {
                var peers = new SortedDictionary<NodeId, Guid>(_peers) { [peer] = directoryId };
                IdentityFile.WritePeers(Files, peers);
                _peers.Add(peer, directoryId);
                return true;
            }
            catch (StorageFailedException exception)
            {
                _fault = exception;
                Failed?.Invoke(exception);
                throw;
            }
        }
    }

    /// <summary>Gets or sets who is told, once, that the disk failed; called on the thread that found it.</summary>
    internal Action<Exception>? Failed { get; set; }

    /// <summary>Refuses a directory whose node has met peers, and so has run with a log, but whose log is
    /// gone.</summary>
    /// <param name="logDirectory">Where the log is.</param>
    /// <exception cref="DataDirectoryException">The log is gone. Nothing was changed.</exception>
    /// <remarks>A log is durable before its node talks to anyone: an interrupted first start is not mistaken.</remarks>
    internal void RequireLogOfKnownNode(string logDirectory)
    {
        lock (_gate)
        {
            if (_peers.Count > 0 && Files.List(logDirectory).Count == 0)
            {
                throw new DataDirectoryException(
                    $"The data directory of node {Identity.NodeId} holds no write-ahead log: '{logDirectory}' is "
                        + $"missing or empty, though the node has run before and remembers {_peers.Count} peers. "
                        + "Without its log it would have forgotten votes and entries that it had confirmed. Check "
                        + "that every disk is mounted, and bring the log back.");
            }
        }
    }

    /// <summary>Gets the directory id that is remembered of a peer; null if it was never seen.</summary>
    internal Guid? KnownDirectoryOf(NodeId peer)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(peer, out Guid known) ? known : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static void Check(Guid clusterId, NodeId nodeId, IReadOnlyList<ClusterMember> members, Guid directoryId)
    {
        if (clusterId == Guid.Empty || directoryId == Guid.Empty)
        {
            throw new DataDirectoryException(
                $"Cluster id {clusterId} and directory id {directoryId}: neither may be all zeros. Draw random ones.");
        }

        var seen = new HashSet<NodeId>();
        foreach (ClusterMember member in members)
        {
            if (member.NodeId.Value < 1 || !seen.Add(member.NodeId))
            {
                throw new DataDirectoryException($"Member node id {member.NodeId} is below 1 or given twice. Give "
                    + $"each member its own number, 1 or more.");
            }

            if (member.Priority < 0 || !member.Address.IsAbsoluteUri)
            {
                throw new DataDirectoryException(
                    $"Member {member.NodeId} has priority {member.Priority} and address '{member.Address}'; the "
                        + $"priority must be 0 or more, the address absolute, as https://host:port.");
            }
        }

        if (!seen.Contains(nodeId))
        {
            throw new DataDirectoryException(
                $"Node {nodeId} is not among the members "
                    + $"({string.Join(", ", members.Select(member => member.NodeId))}). Add it, or correct the node "
                    + $"id.");
        }
    }

    private static void CheckEmpty(IFileSystem files)
    {
        // A lock file and a temporary file are what an initialization that crashed leaves; lost+found is the file
        // system's own.
        string[] found = [.. files.List(string.Empty).Where(
            name => name is not (LockName or "lost+found" or IdentityFile.Name + AtomicFile.TemporaryEnding))];
        if (found.Contains(IdentityFile.Name))
        {
            throw new DataDirectoryException("The data directory is initialized already. Start the node without "
                + "initializing it, or choose another directory.");
        }

        if (found.Length > 0)
        {
            throw new DataDirectoryException(
                $"The data directory is not empty: it holds '{string.Join("', '", found.Take(5))}'. Choose an empty "
                    + $"directory; nothing was changed.");
        }
    }
}
