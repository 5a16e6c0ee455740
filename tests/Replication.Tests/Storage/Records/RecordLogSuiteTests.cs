using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Records;

namespace Replication.Tests.Storage.Records;

/// <summary>The suite of record logs finds logs that are wrong.</summary>
public sealed class RecordLogSuiteTests
{
    private const string Openings = "An empty log opens at the first address and counts its openings";
    private const string Flushes = "A flush makes everything durable and ends on a sector boundary";
    private const string Unflushed = "What was not flushed is gone after a power loss";
    private const string Reads = "Records are read back from any thread while the owner appends";
    private const string Truncation = "A truncated prefix returns whole segments which are recycled by rename";

    [Theory]
    [InlineData(nameof(Plant.FlushesNothing), Flushes)]
    [InlineData(nameof(Plant.FlushesAlways), Unflushed)]
    [InlineData(nameof(Plant.ReadsZeros), Reads)]
    [InlineData(nameof(Plant.KeepsPrefix), Truncation)]
    [InlineData(nameof(Plant.ForgetsBoots), Openings)]
    public async Task A_log_that_breaks_a_promise_is_found(string plant, string promise)
    {
        RecordLogSuite suite = new(new PlantedFactory(Enum.Parse<Plant>(plant)));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_does_not_sync_its_files_loses_what_it_acknowledged() =>
        await Assert.ThrowsAsync<ConformanceException>(() => new RecordLogSuite(new PlantedFactory(Plant.SkipsSyncs))
            .RunAsync("After any power loss a prefix with everything acknowledged is there, seed 1"));

    private enum Plant
    {
        FlushesNothing,
        FlushesAlways,
        ReadsZeros,
        KeepsPrefix,
        ForgetsBoots,
        SkipsSyncs,
    }

    private sealed class PlantedFactory(Plant plant) : IRecordLogFactory
    {
        private readonly SegmentRecordLogFactory _inner = new();

        public IRecordLog Open(
            IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
        {
            IFileSystem disk = plant == Plant.SkipsSyncs ? new SyncSkippingFiles(files) : files;
            IRecordLog log = _inner.Open(disk, options, visitor, out report);
            report = plant == Plant.ForgetsBoots ? report with { BootCount = 1 } : report;
            return new PlantedLog(plant, log);
        }
    }

    private sealed class PlantedLog(Plant plant, IRecordLog inner) : IRecordLog
    {
        public long BeginAddress => inner.BeginAddress;

        public long TailAddress => inner.TailAddress;

        public long DurableAddress => inner.DurableAddress;

        public long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
        {
            long address = inner.Append(head, body);
            if (plant == Plant.FlushesAlways)
            {
                inner.Flush();
            }

            return address;
        }

        public void Flush()
        {
            if (plant != Plant.FlushesNothing)
            {
                inner.Flush();
            }
        }

        public void TruncatePrefix(long address)
        {
            if (plant != Plant.KeepsPrefix)
            {
                inner.TruncatePrefix(address);
            }
        }

        public void WriteHint() => inner.WriteHint();

        public void Read(long address, Span<byte> destination)
        {
            inner.Read(address, destination);
            if (plant == Plant.ReadsZeros)
            {
                destination.Clear();
            }
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class SyncSkippingFiles(IFileSystem inner) : IFileSystem
    {
        public IFile Open(string path, FileOpenMode mode) => new SyncSkippingFile(inner.Open(path, mode));

        public IReadOnlyList<string> List(string directory) => inner.List(directory);

        public void CreateDirectory(string directory) => inner.CreateDirectory(directory);

        public void Rename(string source, string target) => inner.Rename(source, target);

        public void Delete(string path) => inner.Delete(path);

        public void SyncDirectory(string directory) => inner.SyncDirectory(directory);

        public IDisposable Lock(string path) => inner.Lock(path);

        public long GetFreeBytes() => inner.GetFreeBytes();
    }

    private sealed class SyncSkippingFile(IFile inner) : IFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => inner.Write(offset, source);

        public void Sync()
        {
        }

        public void DropCache() => inner.DropCache();

        public void SetLength(long length) => inner.SetLength(length);

        public void Dispose() => inner.Dispose();
    }
}
