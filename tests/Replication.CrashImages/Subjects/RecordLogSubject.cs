using System.Globalization;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>A record log: append small (a) and large (b), flush (F), give up (T), hint (H), roll over (R).</summary>
internal sealed class RecordLogSubject(
    string name, IRecordLogFactory factory, int growthBytes = 0, Func<IFileSystem, IFileSystem>? wrap = null) : ISubject
{
    private readonly RecordLogOptions _options = new()
    {
        Directory = "log",
        PageSizeBits = 10,
        MemorySizeBits = 12,
        SegmentSizeBits = 11,
        SectorBytes = 512,
        GrowthBytes = growthBytes,
    };

    public string Name => name;

    public string Operations => "abFTHR";

    // Nothing; three flushes; segments that were rolled, given up and recycled.
    public IReadOnlyList<string> Starts => ["", "aFaFH", "RFaFTRFTaF"];

    public string Sequel => "abF";

    public IOpenSubject Open(SimulatedDisk disk) => new OpenLog(wrap?.Invoke(disk) ?? disk, factory, _options);

    private static string Describe(long address, ReadOnlySpan<byte> payload)
    {
        ulong hash = (ulong)payload.Length;
        foreach (byte value in payload)
        {
            hash = (hash * 31) + value;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{address}:{hash:x}");
    }

    private sealed class OpenLog : IOpenSubject, IRecordVisitor
    {
        private readonly List<string> _items = [];
        private readonly List<long> _addresses = [];
        private readonly IRecordLog _log;
        private int _acknowledged;
        private int _givenUp;

        public OpenLog(IFileSystem files, IRecordLogFactory factory, RecordLogOptions options)
        {
            _log = factory.Open(files, options, this, out _);
            _acknowledged = _items.Count;
            Content = [.. _items];
            SegmentBits = options.SegmentSizeBits;
        }

        public IReadOnlyList<string> Content { get; }

        public Expectation Expectation => new LogExpectation([.. _items], _acknowledged, _givenUp);

        private int SegmentBits { get; }

        public void Visit(long address, ReadOnlySpan<byte> payload)
        {
            _items.Add(Describe(address, payload));
            _addresses.Add(address);
        }

        public void Do(char operation)
        {
            switch (operation)
            {
                case 'a':
                    Append(60 + (_items.Count % 5 * 13));
                    break;
                case 'b':
                    Append(700);
                    break;
                case 'F':
                    _log.Flush();
                    _acknowledged = _items.Count;
                    break;
                case 'T' when _acknowledged > _givenUp + 1:
                    _givenUp = _acknowledged - 1;
                    _log.TruncatePrefix(_addresses[_givenUp]);
                    break;
                case 'H':
                    _log.WriteHint();
                    break;
                case 'R':
                    for (long segment = _log.TailAddress >> SegmentBits; _log.TailAddress >> SegmentBits == segment;)
                    {
                        Append(400);
                    }

                    break;
                default:
                    break;
            }
        }

        public void Dispose() => _log.Dispose();

        private void Append(int bytes)
        {
            byte[] payload = new byte[bytes];
            for (int i = 0; i < bytes; i++)
            {
                payload[i] = (byte)((_items.Count * 37) + (i * 11) + 1);
            }

            long address = _log.Append(payload.AsSpan(0, 7), payload.AsSpan(7));
            Visit(address, payload);
        }
    }

    private sealed record LogExpectation(string[] Items, int Acknowledged, int GivenUp) : Expectation
    {
        public override Violation? Judge(IReadOnlyList<string> content, Expectation next)
        {
            var after = (LogExpectation)next;
            int begin = content.Count == 0 ? after.GivenUp : Array.IndexOf(after.Items, content[0]);
            for (int i = 0; i < content.Count; i++)
            {
                if (begin < 0 || begin + i >= after.Items.Length || after.Items[begin + i] != content[i])
                {
                    return new Violation(ViolationKind.Invented, $"record {i}, {content[i]}, was never appended there");
                }
            }

            if (begin > after.GivenUp)
            {
                return new Violation(ViolationKind.Lost, $"records {after.GivenUp} to {begin - 1} are gone");
            }

            int end = begin + content.Count;
            return end < Acknowledged && Acknowledged > after.GivenUp
                ? new Violation(ViolationKind.Lost, $"{Acknowledged} records were acknowledged, {end} are there")
                : null;
        }

        public override string KeyWith(Expectation next)
        {
            var after = (LogExpectation)next;
            return $"{after.GivenUp} {Acknowledged} {string.Join(' ', after.Items)}";
        }
    }
}
