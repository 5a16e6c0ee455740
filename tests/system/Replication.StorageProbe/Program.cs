using System.Globalization;
using Replication.Errors;
using Replication.Faster;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;

namespace Replication.StorageProbe;

/// <summary>
/// Writes an identity and a record log, saying after each step what a caller may now rely on; or checks what is there.
/// </summary>
internal static class Program
{
    private const int DiskFailed = 3;
    private static readonly Guid Cluster = new("11111111-1111-1111-1111-111111111111");
    private static readonly NodeId Node = new(1);

    private static int Main(string[] arguments)
    {
        (string verb, string log, string directory) = (arguments[0], arguments[1], arguments[2]);
        IRecordLogFactory factory = log == "faster" ? new FasterRecordLogFactory() : new SegmentRecordLogFactory();
        try
        {
            var files = new PhysicalFileSystem(directory);
            if (verb == "write")
            {
                Write(files, factory);
            }
            else
            {
                Verify(files, factory);
            }

            return 0;
        }
        catch (StorageFailedException exception)
        {
            Console.WriteLine("failed " + exception.Message);
            return DiskFailed;
        }
    }

    private static RecordLogOptions Options => new()
    {
        Directory = "wal",
        PageSizeBits = 12,
        MemorySizeBits = 14,
        SegmentSizeBits = 12,
        SectorBytes = 512,
    };

    private static void Write(PhysicalFileSystem files, IRecordLogFactory factory)
    {
        DataDirectory.Initialize(
            files, Cluster, Node, [new ClusterMember(Node, new Uri("https://one.example:5001"))], Guid.NewGuid());
        Console.WriteLine("initialized");
        using DataDirectory directory = DataDirectory.Open(files, Cluster, Node);
        Console.WriteLine(directory.TryAcceptPeer(new NodeId(2), Cluster) ? "peer accepted" : "peer refused");
        using IRecordLog log = factory.Open(files, Options, new Collector(), out _);
        for (int i = 0; i < 5; i++)
        {
            log.Append(BitConverter.GetBytes(i), new byte[1500]);
            log.Flush();
            Console.WriteLine("acknowledged " + i.ToString(CultureInfo.InvariantCulture));
            if (i == 3)
            {
                log.TruncatePrefix(log.DurableAddress);
                Console.WriteLine("truncated");
            }
        }
    }

    private static void Verify(PhysicalFileSystem files, IRecordLogFactory factory)
    {
        try
        {
            using DataDirectory directory = DataDirectory.Open(files, Cluster, Node);
            Console.WriteLine("initialized");
            Console.WriteLine(directory.TryAcceptPeer(new NodeId(2), Guid.Empty) ? "peer unknown" : "peer accepted");
        }
        catch (DataDirectoryException exception)
        {
            Console.WriteLine("refused " + exception.Message);
        }

        var found = new Collector();
        factory.Open(files, Options, found, out _).Dispose();
        foreach (int number in found.Numbers)
        {
            Console.WriteLine("found " + number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private sealed class Collector : IRecordVisitor
    {
        public List<int> Numbers { get; } = [];

        public void Visit(long address, ReadOnlySpan<byte> payload) => Numbers.Add(BitConverter.ToInt32(payload));
    }
}
