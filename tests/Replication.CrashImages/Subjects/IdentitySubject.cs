using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>The identity and peers files of a data directory: initialize (I), meet the next peer (P).</summary>
internal sealed class IdentitySubject : ISubject
{
    public string Name => "identity";

    public string Operations => "IP";

    // Nothing; a directory; one that knows a peer.
    public IReadOnlyList<string> Starts => ["", "I", "IP"];

    public string Sequel => "IP";

    public IOpenSubject Open(SimulatedDisk disk) => new OpenIdentity(disk);

    private sealed class OpenIdentity : IOpenSubject
    {
        private const int Peers = 4;
        private static readonly Guid Cluster = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        private static readonly NodeId Node = new(1);

        private readonly SimulatedDisk _disk;
        private readonly List<string> _states = [];
        private DataDirectory? _directory;
        private int _acknowledged;

        public OpenIdentity(SimulatedDisk disk)
        {
            _disk = disk;
            if (disk.List(string.Empty).Contains(IdentityFile.Name))
            {
                _directory = DataDirectory.Open(disk, Cluster, Node);
            }

            Content = [State(0)];
            _states.Add(Content[0]);
        }

        public IReadOnlyList<string> Content { get; }

        public Expectation Expectation => new StateExpectation([.. _states], _acknowledged);

        private int Known => Enumerable.Range(2, Peers).Count(peer => _directory?.KnownDirectoryOf(new NodeId(peer))
            is { } known && known == DirectoryOf(peer));

        public void Do(char operation)
        {
            if (operation == 'I' && _directory is null)
            {
                _states.Add($"{Node} of {Cluster} knows 0");
                ClusterMember[] members = [.. Enumerable.Range(1, Peers + 1).Select(
                    id => new ClusterMember(new NodeId(id), new Uri($"https://node-{id}:5000"), id))];
                DataDirectory.Initialize(_disk, Cluster, Node, members, DirectoryOf(1));
                _directory = DataDirectory.Open(_disk, Cluster, Node);
            }
            else if (operation == 'P' && _directory is not null && Known < Peers)
            {
                _states.Add(State(1));
                int peer = Known + 2;
                if (!_directory.TryAcceptPeer(new NodeId(peer), DirectoryOf(peer)))
                {
                    throw new InvalidOperationException($"Peer {peer} was refused at its first sight.");
                }
            }

            _acknowledged = _states.Count - 1;
        }

        public void Dispose() => _directory?.Dispose();

        private static Guid DirectoryOf(int node) => new(node, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

        private string State(int more) => _directory is null
            ? "none"
            : $"{_directory.Identity.NodeId} of {_directory.Identity.ClusterId} knows {Known + more}";
    }
}
