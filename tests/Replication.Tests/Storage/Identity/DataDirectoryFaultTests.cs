using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Tests.Storage.Identity;

public class DataDirectoryFaultTests
{
    private static readonly Guid Cluster = new("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Own = new("aaaaaaaa-0000-0000-0000-000000000001");
    private static readonly Guid Peers = new("aaaaaaaa-0000-0000-0000-000000000002");
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);
    private static readonly ClusterMember[] Members =
        [new(One, new Uri("https://one.example:5001")), new(Two, new Uri("https://two.example:5002"))];

    [Theory]
    [InlineData(DiskError.InputOutput)]
    [InlineData(DiskError.NoSpace)]
    public void Each_failed_call_of_initialize_leaves_a_directory_that_is_initialized_or_can_be(DiskError error)
    {
        int calls = CountCalls(disk => Initialize(disk));
        Assert.True(calls >= 6);
        for (int nth = 0; nth < calls; nth++)
        {
            var disk = new InMemoryFileSystem();
            var faulty = new FaultyFileSystem(disk);
            FileFault fault = faulty.FailOn(_ => true, nth, error);
            StorageFailedException thrown = Assert.Throws<StorageFailedException>(() => Initialize(faulty));
            Assert.NotNull(fault.Hit);
            Assert.Contains(fault.Hit.Value.Path, thrown.Message, StringComparison.Ordinal);

            // A restart of the machine, then the operator tries again: it works, or says that it had worked.
            InMemoryFileSystem after = disk.CrashClone();
            try
            {
                Initialize(after);
            }
            catch (DataDirectoryException exception)
            {
                Assert.Contains("initialized already", exception.Message, StringComparison.Ordinal);
            }

            using DataDirectory directory = DataDirectory.Open(after.CrashClone(), Cluster, One);
            Assert.Equal(Own, directory.Identity.DirectoryId);
        }
    }

    [Theory]
    [InlineData(DiskError.InputOutput)]
    [InlineData(DiskError.NoSpace)]
    public void Each_failed_call_of_accepting_a_peer_refuses_it_and_loses_nobody_accepted_before(DiskError error)
    {
        var third = new NodeId(3);
        int calls = CountCalls(disk =>
        {
            Initialize(disk);
            using DataDirectory directory = DataDirectory.Open(disk, Cluster, One);
            directory.TryAcceptPeer(third, Own);
        });
        int first = CountCalls(disk => Initialize(disk));
        int hits = 0;
        for (int nth = 0; nth < calls - first; nth++)
        {
            var disk = new InMemoryFileSystem();
            Initialize(disk);
            var faulty = new FaultyFileSystem(disk);
            using DataDirectory directory = DataDirectory.Open(faulty, Cluster, One);
            Assert.True(directory.TryAcceptPeer(Two, Peers));
            FileFault fault = faulty.FailOn(
                call => call.Path.StartsWith("peers", StringComparison.Ordinal) || call.Path.Length == 0, nth, error);
            try
            {
                Assert.True(directory.TryAcceptPeer(third, Own));
                Assert.Null(fault.Hit);
                continue;
            }
            catch (StorageFailedException)
            {
                Assert.NotNull(fault.Hit);
                hits++;
            }

            Assert.Throws<StorageFailedException>(() => directory.TryAcceptPeer(third, Own));
            Assert.True(directory.TryAcceptPeer(Two, Peers));
            using DataDirectory after = DataDirectory.Open(disk.CrashClone(), Cluster, One);
            Assert.True(after.TryAcceptPeer(Two, Peers));
            Assert.False(after.TryAcceptPeer(Two, Own));
        }

        Assert.Equal(6, hits);
    }

    [Fact]
    public void After_any_power_loss_an_initialize_took_place_or_did_not()
    {
        int calls = CountCalls(disk => Initialize(disk));
        for (int nth = 0; nth < calls; nth++)
        {
            for (int seed = 0; seed < 20; seed++)
            {
                var disk = new SimulatedDisk(1);
                var faulty = new FaultyFileSystem(disk);
                faulty.FailOn(_ => true, nth, DiskError.NoSpace);
                Assert.Throws<StorageFailedException>(() => Initialize(faulty));
                SimulatedDisk after = disk.ImageAfter(
                    new PowerLoss(SectorLoss.Torn, NameLoss.Any), (ulong)((nth * 100) + seed));
                bool initialized = after.List(string.Empty).Contains(IdentityFile.Name);
                if (!initialized)
                {
                    Initialize(after);
                }

                DataDirectory.Open(after, Cluster, One).Dispose();
            }
        }
    }

    private static int CountCalls(Action<IFileSystem> run)
    {
        var faulty = new FaultyFileSystem(new InMemoryFileSystem());
        run(faulty);
        return faulty.Calls.Count;
    }

    private static void Initialize(IFileSystem disk) => DataDirectory.Initialize(disk, Cluster, One, Members, Own);
}
