using JellyBean.Hosting.Commands;

namespace JellyBean.Hosting.Tests.Commands;

public sealed class OutputFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("jellybean-output-").FullName;

    private string Folder => Path.Combine(_parent, "out");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Folder_in_which_nothing_began_is_not_left_behind()
    {
        OutputFolder.Take(Folder).Dispose();

        Assert.False(Directory.Exists(Folder));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Folder_that_was_there_or_in_which_something_began_stays(bool wasThere, bool begins)
    {
        if (wasThere)
        {
            Directory.CreateDirectory(Folder);
        }

        using (var taken = OutputFolder.Take(Folder))
        {
            if (begins)
            {
                taken.BeginEpoch(above: 0);
            }
        }

        Assert.True(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Run_for_which_no_plan_fits_leaves_nothing()
    {
        using var program = new TestProgram();

        var code = await program.InvokeAsync(program.Run("--accuracy", "0.99"));

        Assert.True(code == ExitCodes.NoPlan, program.Error);
        Assert.False(Directory.Exists(Path.Combine(program.Folder, "out")));
    }
}
