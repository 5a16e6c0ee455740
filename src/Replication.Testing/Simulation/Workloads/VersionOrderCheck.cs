using Replication.Testing.Histories;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Checks the registers with what the store itself tells: the index of the entry that wrote what was read, and
/// that of the last entry in the state that was read from. Linearizable operations see what was known before they
/// began; every read sees exactly one prefix of the log.</summary>
/// <remarks>Says more than a black box can where outcomes are unknown, and less where versions lie; so it stands beside
/// the checkers, not instead of them.</remarks>
internal sealed class VersionOrderCheck
{
    private readonly Dictionary<int, KnownWrites> _registers = [];
    private readonly Dictionary<OperationRecord, Dictionary<int, long>> _floorsOfScans = [];
    private readonly Dictionary<(int Group, long Version), ScannedRegister> _entries = [];
    private readonly RecordMoments _moments;
    private readonly long[] _floors;
    private readonly int _groups;

    private VersionOrderCheck(IReadOnlyList<OperationRecord> records, int groups)
    {
        _groups = groups;
        foreach (OperationRecord record in records)
        {
            if (record.IsOfRegister)
            {
                Learn(record);
            }
        }

        _moments = new RecordMoments(records, record => IsUnknownDelete(record)
            || (record.Outcome == HistoryEventType.Ok && (record.IsOfRegister || IsScan(record))));
        _floors = new long[_moments.Count];
    }

    /// <summary>Checks.</summary>
    /// <param name="records">All operations.</param>
    /// <param name="groups">How many groups the registers are of.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Check(IReadOnlyList<OperationRecord> records, int groups) =>
        new VersionOrderCheck(records, groups).Walk();

    private static bool IsScan(OperationRecord record) =>
        record.Kind is OperationKind.Scan or OperationKind.ScanPrefix;

    private static bool IsUnknownDelete(OperationRecord record) =>
        record.Kind == OperationKind.Delete && record.Outcome == HistoryEventType.Info;

    private static string Told(OperationRecord record, int key) =>
        $"{record.Kind} of register {key} by process {record.Process}";

    private void Learn(OperationRecord record)
    {
        KnownWrites writes = Of(record.Key);
        if (record.Outcome == HistoryEventType.Ok && record.IsWrite && record.Held)
        {
            writes.Add(record.Version, record.Kind == OperationKind.Delete ? null : record.Value);
            _entries[(record.Key % _groups, record.Version)] = new(record.Key, record.Value, record.Version);
        }

        if (record.IsWrite && record.Outcome != HistoryEventType.Fail && record.Held)
        {
            writes.AddValue(record.Value);
        }
    }

    private KnownWrites Of(int key)
    {
        if (!_registers.TryGetValue(key, out KnownWrites? writes))
        {
            _registers[key] = writes = new KnownWrites();
        }

        return writes;
    }

    private string? Walk()
    {
        for (int place = 0; place < _moments.Count; place++)
        {
            if (_moments[place] is not { } record)
            {
                continue;
            }

            if (place == record.InvocationIndex)
            {
                Begin(record, place);
            }
            else if (!IsUnknownDelete(record) && End(record) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private void Begin(OperationRecord record, int place)
    {
        if (record.IsOfRegister)
        {
            _floors[place] = Of(record.Key).Newest;
            Of(record.Key).HasUnknownDelete |= IsUnknownDelete(record);
        }
        else if (!record.IsPrefixRead)
        {
            _floorsOfScans[record] = _registers.Where(register => IsOfScan(record, register.Key))
                .ToDictionary(register => register.Key, register => register.Value.Newest);
        }
    }

    private bool IsOfScan(OperationRecord scan, int register) => register % _groups == scan.Key;

    private string? End(OperationRecord record)
    {
        if (IsScan(record))
        {
            string? found = EndScan(record);
            foreach (ScannedRegister register in record.IsPrefixRead ? [] : record.Scanned)
            {
                Know(register.Key, register.Version);
            }

            return found;
        }

        long floor = record.IsPrefixRead ? 0 : _floors[record.InvocationIndex];
        string? wrong = record.IsWrite ? WrongWrite(record, floor)
            : record.Applied < floor
            ? $"{Told(record, record.Key)} was served from the state after entry {record.Applied}, though version "
                + $"{floor} was known before it began"
            : WrongRead(record, new(record.Key, record.Result, record.Version), record.Applied, floor);
        if (wrong is null && !record.IsPrefixRead && record.Held)
        {
            // The version of a condition that failed is that of its own entry, which wrote nothing.
            Know(record.Key, record.Version);
        }

        return wrong;
    }

    private void Know(int key, long version) => Of(key).Newest = Math.Max(Of(key).Newest, version);

    private static string? WrongWrite(OperationRecord record, long floor) => record.Version >= floor ? null
        : $"{Told(record, record.Key)} became version {record.Version}, though version {floor} was known before it "
            + "began";

    // A state after some entry holds of each register the last write up to there.
    private string? WrongRead(OperationRecord record, ScannedRegister seen, long position, long floor)
    {
        KnownWrites writes = Of(seen.Key);
        (long version, long? value) = writes.LastUpTo(position);
        if (seen.Version == 0)
        {
            return writes.HasUnknownDelete || (value is null && writes.LastDeleteUpTo(position) >= floor) ? null
                : $"{Told(record, seen.Key)} found nothing at position {position}, though version "
                    + $"{Math.Max(version, floor)} was there";
        }

        if (seen.Version > position)
        {
            return $"{Told(record, seen.Key)} saw version {seen.Version}, which the state at position {position} has "
                + "not reached";
        }

        if (seen.Version < floor)
        {
            return $"{Told(record, seen.Key)} saw version {seen.Version}, though version {floor} was known before it "
                + "began";
        }

        if (version > seen.Version)
        {
            return $"{Told(record, seen.Key)} saw version {seen.Version} at position {position}, though version "
                + $"{version} was there";
        }

        return version == seen.Version && value != seen.Value
            ? $"{Told(record, seen.Key)} saw {seen.Value} as version {seen.Version}, but "
                + $"{value?.ToString() ?? "nothing"} was written there"
            : WrongEntry(record, seen);
    }

    // Of a write whose outcome no client was told it is known what it wrote, and that each entry wrote one value.
    private string? WrongEntry(OperationRecord record, ScannedRegister seen)
    {
        (int, long) entry = (seen.Key % _groups, seen.Version);
        if (!Of(seen.Key).MayHold(seen.Value))
        {
            return $"{Told(record, seen.Key)} saw {seen.Value} as version {seen.Version}, which nobody wrote there";
        }

        return _entries.TryAdd(entry, seen) || _entries[entry] == seen ? null
            : $"{Told(record, seen.Key)} saw {seen.Value} as version {seen.Version}, but that entry wrote "
                + $"{_entries[entry].Value} to register {_entries[entry].Key}";
    }

    private string? EndScan(OperationRecord scan)
    {
        // How far its state goes is known from what is there, and from what had to be there.
        Dictionary<int, long>? floors = _floorsOfScans.GetValueOrDefault(scan);
        long position = floors is null || floors.Count == 0 ? 0 : floors.Values.Max();
        string last = string.Empty;
        Dictionary<int, ScannedRegister> seen = [];
        foreach (ScannedRegister register in scan.Scanned)
        {
            string name = KeyValueForms.RegisterName(register.Key);
            if (string.CompareOrdinal(name, last) <= 0 || !IsOfScan(scan, register.Key))
            {
                return $"{scan.Kind} by process {scan.Process} told {name} after '{last}'";
            }

            if (!_registers.ContainsKey(register.Key))
            {
                return $"{scan.Kind} by process {scan.Process} told {name}, which nobody wrote";
            }

            last = name;
            seen[register.Key] = register;
            position = Math.Max(position, register.Version);
        }

        if (scan.Scanned.Count > scan.Value)
        {
            return $"{scan.Kind} by process {scan.Process} told {scan.Scanned.Count} registers, "
                + $"but wanted {scan.Value}";
        }

        // What a limit cut off says nothing.
        bool isWhole = scan.Scanned.Count < scan.Value;
        ScannedRegister[] looked = [.. _registers.Keys
            .Where(key => IsOfScan(scan, key)
                && (isWhole || string.CompareOrdinal(KeyValueForms.RegisterName(key), last) <= 0))
            .Select(key => seen.GetValueOrDefault(key, new(key, 0, 0)))];
        position = ReachedBy(looked, position, floors);
        return looked.Select(register => WrongRead(scan, register, position, FloorOf(floors, register.Key)))
            .FirstOrDefault(wrong => wrong is not null);
    }

    // What isn't there was removed: the state holds everything up to there, too, and then more may have to be removed.
    private long ReachedBy(ScannedRegister[] looked, long position, Dictionary<int, long>? floors)
    {
        long before;
        do
        {
            before = position;
            foreach (ScannedRegister register in looked)
            {
                KnownWrites writes = Of(register.Key);
                (long version, long? value) = writes.LastUpTo(position);
                long removed = Math.Max(value is null ? 0 : version, FloorOf(floors, register.Key));
                if (register.Version == 0 && writes.LastDeleteUpTo(position) < removed && !writes.HasUnknownDelete)
                {
                    position = Math.Max(position, writes.FirstDeleteAfter(removed));
                }
            }
        }
        while (position > before);

        return position;
    }

    private static long FloorOf(Dictionary<int, long>? floors, int key) => floors?.GetValueOrDefault(key) ?? 0;
}
