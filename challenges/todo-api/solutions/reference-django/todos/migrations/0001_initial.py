from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Todo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("notes", models.CharField(blank=True, default="", max_length=2000)),
                ("done", models.BooleanField(default=False)),
                ("due", models.DateField(default=None, null=True)),
            ],
        ),
    ]
