using Replication.Errors;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Tests.Storage.Records;

/// <summary>
/// What every record log must do when a disk fails: each call that makes something durable fails once, in its own run.
/// </summary>
public abstract class RecordLogFaults
{
    protected abstract IRecordLogFactory Factory { get; }

    [Theory]
    [InlineData(DiskError.InputOutput)]
    [InlineData(DiskError.NoSpace)]
    public void Each_failed_call_stops_the_log_says_why_and_loses_nothing_acknowledged(DiskError error)
    {
        int calls = CountCalls();
        Assert.InRange(calls, 60, 1000);
        for (int nth = 0; nth < calls; nth++)
        {
            var disk = new SimulatedDisk(1);
            var faulty = new FaultyFileSystem(disk);
            FileFault fault = faulty.FailOn(_ => true, nth, error);
            RecordLogProgram? program = null;
            StorageFailedException? thrown = Run(faulty, ref program);

            Assert.True(fault.Hit is not null, $"Call {nth} of {calls} was never made.");
            AssertStopped(faulty, fault, program, thrown);
            AssertNothingLost(disk, program, nth);
        }
    }

    // Buffers that are full are written before anybody flushes: who appends then must hear why that failed.
    [Theory]
    [InlineData(DiskError.InputOutput, "Input/output error")]
    [InlineData(DiskError.NoSpace, "No space left")]
    public void A_write_that_fails_while_records_are_appended_is_reported_with_the_reason_of_the_disk(
        DiskError error, string reason)
    {
        var faulty = new FaultyFileSystem(new SimulatedDisk(1));
        RecordLogProgram program = new(Factory, faulty);
        program.Append(10, 0);
        program.Flush();
        FileFault fault = faulty.FailOn(call => call.Operation == FileOperation.Write, 0, error);

        StorageFailedException? first = null;
        for (int i = 1; first is null && i < 1_000; i++)
        {
            first = Record.Exception(() => program.Append(500, i)) as StorageFailedException;
        }

        Assert.NotNull(fault.Hit);
        Assert.NotNull(first);
        Assert.Contains(reason, first.Message, StringComparison.Ordinal);
        Assert.Contains(fault.Hit.Value.Path, first.Message, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<StorageFailedException>(program.Flush).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_during_the_recovery_of_a_torn_log_is_reported_and_the_next_recovery_finds_everything()
    {
        var disk = new SimulatedDisk(1);
        RecordLogProgram program = new(Factory, disk);
        for (int i = 0; i < 12; i++)
        {
            program.Append(200 + i, i);
            if (i != 11)
            {
                program.Flush();
            }
        }

        disk.Faults.Arm(DiskFault.WriteError);
        Assert.Throws<StorageFailedException>(program.Flush);
        SimulatedDisk torn = disk.Clone();
        int nth = 0;
        for (bool isHit = true; isHit; nth++)
        {
            SimulatedDisk image = torn.Clone();
            var faulty = new FaultyFileSystem(image);
            FileFault fault = faulty.FailOn(_ => true, nth, DiskError.InputOutput);
            RecordLogProgram? opened = null;
            Exception? thrown = Record.Exception(() => opened = new RecordLogProgram(Factory, faulty));
            isHit = fault.Hit is not null;
            Assert.Equal(isHit, thrown is StorageFailedException);
            Assert.Equal(isHit, opened is null);
            if (isHit)
            {
                Assert.Contains(fault.Hit!.Value.Path, thrown!.Message, StringComparison.Ordinal);
                AssertNothingLost(image, program, nth);
            }
            else
            {
                Assert.NotNull(opened!.Report.CutFile);
            }
        }

        Assert.InRange(nth, 15, 200);
    }

    [Theory]
    [InlineData(DiskFault.SyncErrorKeepsPages)]
    [InlineData(DiskFault.SyncErrorReverts)]
    public void A_process_that_starts_again_after_a_failed_sync_trusts_nothing_that_the_disk_never_got(DiskFault fault)
    {
        for (int written = 1; written < 20; written++)
        {
            var disk = new SimulatedDisk(1);
            RecordLogProgram first = new(Factory, disk);
            first.Append(100, 1);
            first.Flush();
            for (int i = 0; i < written; i++)
            {
                first.Append(300, i);
            }

            disk.Faults.Arm(fault);
            Assert.Throws<StorageFailedException>(first.Flush);
            Assert.Equal(1, disk.Faults.HitsOf(fault));
            disk.EndProcess();

            // What it finds, it takes for durable, and builds on.
            RecordLogProgram second = new(Factory, disk);
            RecordLogProgram.AssertPrefix(first, second);
            second.Append(50, 7);
            second.Flush();
            second.Log.WriteHint();
            using RecordLogProgram third = new(Factory, disk.DurableImage());
            RecordLogProgram.AssertPrefix(second, third);
            disk.EndProcess();
        }
    }

    private static void AssertStopped(
        FaultyFileSystem faulty, FileFault fault, RecordLogProgram? program, StorageFailedException? thrown)
    {
        // Only closing may hide an error: nobody waits for what it flushes, and the next opening sees that it was not
        // clean.
        if (thrown is null)
        {
            Assert.Throws<ObjectDisposedException>(program!.Flush);
            return;
        }

        Assert.Contains(fault.Hit!.Value.Path, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(
            fault.Error == DiskError.NoSpace ? "No space" : "Input/output", thrown.Message, StringComparison.Ordinal);
        if (program is null || program.IsDisposed)
        {
            return;
        }

        int before = faulty.Calls.Count;
        Assert.Throws<StorageFailedException>(() => program.Append(10, 1));
        Assert.Throws<StorageFailedException>(program.Flush);
        Assert.Throws<StorageFailedException>(program.Log.WriteHint);
        Assert.Throws<StorageFailedException>(() => program.Log.TruncatePrefix(program.Log.DurableAddress));
        program.Dispose();
        Assert.Equal(before, faulty.Calls.Count);
    }

    private void AssertNothingLost(SimulatedDisk disk, RecordLogProgram? program, int seed)
    {
        var loss = new PowerLoss(SectorLoss.Torn, NameLoss.Any);
        foreach (SimulatedDisk image in new[] { disk.DurableImage(), disk.ImageAfter(loss, (ulong)seed),
            disk.ImageAfter(loss, ~(ulong)seed) })
        {
            using RecordLogProgram after = new(Factory, image);
            if (program is not null)
            {
                RecordLogProgram.AssertPrefix(program, after);
            }
        }
    }

    private int CountCalls()
    {
        var faulty = new FaultyFileSystem(new SimulatedDisk(1));
        RecordLogProgram? program = null;
        Assert.Null(Run(faulty, ref program));
        return faulty.Calls.Count;
    }

    /// <summary>Creates, fills, truncates, closes; opens again, appends, closes.</summary>
    private StorageFailedException? Run(FaultyFileSystem disk, ref RecordLogProgram? program)
    {
        try
        {
            for (int life = 0; life < 2; life++)
            {
                RecordLogProgram? former = program;
                program = new RecordLogProgram(Factory, disk);
                if (former is not null)
                {
                    RecordLogProgram.AssertPrefix(former, program);
                }

                for (int i = 0; i < 20; i++)
                {
                    program.Append(200 + i, i);
                    if (i % 2 == 1)
                    {
                        program.Flush();
                    }

                    if (i % 6 == 5)
                    {
                        program.Log.WriteHint();
                        program.Truncate(5);
                    }
                }

                program.Dispose();
            }

            return null;
        }
        catch (StorageFailedException exception)
        {
            return exception;
        }
    }
}
