using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Records;

namespace Replication.Tests.Storage.Records;

/// <summary>The suite of record logs finds logs that are wrong.</summary>
public sealed class RecordLogSuiteTests
{
    public static TheoryData<string, string> Plants => new()
    {
        { nameof(Plant.ForgetsBoots), "An empty log opens at the first address and counts its openings" },
        { nameof(Plant.FlushesNothing), "A flush makes everything durable and ends on a sector boundary" },
        { nameof(Plant.FlushesAlways), "What was not flushed is gone after a power loss" },
        { nameof(Plant.ReadsZeros), "Records are read back from any thread while the owner appends" },
        { nameof(Plant.ReadsAnything), "A read of what is no durable record of that length is refused" },
        { nameof(Plant.TakesAnySize), "Empty and oversized records are refused and the log goes on" },
        { nameof(Plant.DropsBeyondMemory), "More than the memory may wait for one flush" },
        { nameof(Plant.OutlivesItsDisposal), "A disposed log refuses everything" },
        { nameof(Plant.SaysNoSizes), "A log of other sizes is refused with both" },
        { nameof(Plant.SaysNoSizes), "Options out of bounds are refused with the value" },
        { nameof(Plant.KeepsPrefix), "A truncated prefix returns whole segments which are recycled by rename" },
        { nameof(Plant.StopsWhenEmptied), "Everything may be given up and the log goes on after a restart" },
        { nameof(Plant.SkipsSyncs), "After any power loss a prefix with everything acknowledged is there, seed 1" },
        { nameof(Plant.SkipsSyncs), "After any power loss a prefix with everything acknowledged is there, seed 2" },
        { nameof(Plant.SkipsSyncs), "After any power loss a prefix with everything acknowledged is there, seed 3" },
        { nameof(Plant.SkipsSyncs), "After any power loss a prefix with everything acknowledged is there, seed 4" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task A_log_that_breaks_a_promise_is_found(string plant, string promise)
    {
        RecordLogSuite suite = new(new PlantedFactory(Enum.Parse<Plant>(plant)));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_promise_has_a_log_that_breaks_it() =>
        Assert.Equal(
            new RecordLogSuite(new SegmentRecordLogFactory()).Cases.Select(each => each.Name),
            Plants.Select(row => (string)row[1]));

    private enum Plant
    {
        FlushesNothing,
        FlushesAlways,
        ReadsZeros,
        ReadsAnything,
        TakesAnySize,
        DropsBeyondMemory,
        OutlivesItsDisposal,
        SaysNoSizes,
        KeepsPrefix,
        StopsWhenEmptied,
        ForgetsBoots,
        SkipsSyncs,
    }

    private sealed class PlantedFactory(Plant plant) : IRecordLogFactory
    {
        private readonly SegmentRecordLogFactory _inner = new();

        /// <summary>Gets or sets whether a log was told to give up all that it held.</summary>
        public bool IsEmptied { get; set; }

        public IRecordLog Open(
            IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
        {
            IFileSystem disk = plant == Plant.SkipsSyncs ? new SyncSkippingFiles(files) : files;
            try
            {
                IRecordLog log = _inner.Open(disk, options, visitor, out report);
                report = plant == Plant.ForgetsBoots ? report with { BootCount = 1 } : report;
                return new PlantedLog(plant, log, options, this);
            }
            catch (DataDirectoryException) when (plant == Plant.SaysNoSizes)
            {
                throw new DataDirectoryException("The sizes don't fit.");
            }
            catch (ArgumentException) when (plant == Plant.SaysNoSizes)
            {
                throw new ArgumentException("The options are wrong.");
            }
        }
    }

    private sealed class PlantedLog(
        Plant plant, IRecordLog inner, RecordLogOptions options, PlantedFactory factory) : IRecordLog
    {
        public long BeginAddress => inner.BeginAddress;

        public long TailAddress => inner.TailAddress;

        public long DurableAddress => inner.DurableAddress;

        public long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
        {
            bool isDropped = (plant == Plant.DropsBeyondMemory
                    && TailAddress - DurableAddress > (1 << options.MemorySizeBits))
                || (plant == Plant.TakesAnySize && head.Length + body.Length is var bytes
                    && (bytes == 0 || bytes > options.RecordBytesMax));
            if (isDropped)
            {
                return TailAddress;
            }

            try
            {
                long address = inner.Append(head, body);
                if (plant == Plant.FlushesAlways)
                {
                    inner.Flush();
                }

                return address;
            }
            catch (ObjectDisposedException) when (plant == Plant.OutlivesItsDisposal)
            {
                return 0;
            }
        }

        public void Flush()
        {
            if (plant != Plant.FlushesNothing && !factory.IsEmptied)
            {
                inner.Flush();
            }
        }

        public void TruncatePrefix(long address)
        {
            if (plant != Plant.KeepsPrefix)
            {
                inner.TruncatePrefix(address);
                factory.IsEmptied = plant == Plant.StopsWhenEmptied && address == DurableAddress;
            }
        }

        public void WriteHint() => inner.WriteHint();

        public void Read(long address, Span<byte> destination)
        {
            try
            {
                inner.Read(address, destination);
                if (plant == Plant.ReadsZeros)
                {
                    destination.Clear();
                }
            }
            catch (StorageCorruptedException) when (plant == Plant.ReadsAnything)
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
