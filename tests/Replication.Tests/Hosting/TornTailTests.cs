using Microsoft.Extensions.Logging;
using Replication.Hosting;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport.InMemory;

namespace Replication.Tests.Hosting;

public sealed class TornTailTests
{
    [Fact]
    public async Task A_torn_tail_that_was_cut_is_reported_with_file_and_offset_and_a_clean_log_is_not()
    {
        InMemoryFileSystem disk = new();
        Guid cluster = Guid.NewGuid();
        DataDirectory.Initialize(
            disk,
            cluster,
            new NodeId(1),
            [new ClusterMember(new NodeId(1), new Uri("http://node1"))],
            Guid.NewGuid());
        LeaveTornBytes(disk);

        string[] torn = await StartAndStopAsync(disk, cluster);
        string[] clean = await StartAndStopAsync(disk, cluster);

        string line = Assert.Single(torn, l => l.Contains("was cut", StringComparison.Ordinal));
        Assert.Contains("wal/log.0 was cut at offset 64: up to 100 bytes", line, StringComparison.Ordinal);
        Assert.DoesNotContain(clean, l => l.Contains("was cut", StringComparison.Ordinal));
    }

    /// <summary>A log that was open, and bytes in it that no flush confirmed, as a killed machine leaves
    /// them.</summary>
    private static void LeaveTornBytes(InMemoryFileSystem disk)
    {
        _ = new SegmentRecordLogFactory().Open(
            disk, new RecordLogOptions { Directory = "wal" }, new NoRecords(), out _);
        using IFile file = disk.Open("wal/log.0", FileOpenMode.ExistingOrNew);
        byte[] bytes = new byte[100];
        Array.Fill(bytes, (byte)0xA5);
        file.Write(64, bytes);
        file.Sync();
        disk.SyncDirectory("wal");
    }

    private static async Task<string[]> StartAndStopAsync(InMemoryFileSystem disk, Guid cluster)
    {
        using LineLog log = new();
        ReplicaHostDefinition definition = new()
        {
            Options = new ReplicaHostOptions { ClusterId = cluster, NodeId = new NodeId(1) },
            Directory = DataDirectory.Open(disk, cluster, new NodeId(1)),
            Records = new SegmentRecordLogFactory(),
            Transport = new InMemoryNetwork().CreateTransport(new NodeId(1)),
            LoggerFactory = log,
            KeyValueStores = { "store" },
        };
        await using (await ReplicaHost.StartAsync(definition))
        {
        }

        return log.Lines;
    }

    private sealed class NoRecords : IRecordVisitor
    {
        public void Visit(long address, ReadOnlySpan<byte> payload) => Assert.Fail("An empty log holds no record.");
    }

    private sealed class LineLog : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public string[] Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
